//! Asks sources about many repositories and yields what they answer.
