//! What several requirements ask about the publish steps of a repository.
