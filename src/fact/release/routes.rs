//! Adds to publish, attest and verify steps under which events they run.

use std::collections::BTreeMap;

use super::Publish;
use super::attestation::{Landmarks, Site};
use crate::fact::workflow::WorkflowSet;
use crate::fact::workflow::reach::{self, Goal, Routes};

/// Something in a workflow that is reached or not.
trait Reached {
    fn goal(&self) -> Goal<'_>;
    fn set_routes(&mut self, routes: Routes);
}

impl Reached for Publish {
    fn goal(&self) -> Goal<'_> {
        Self::goal(self)
    }

    fn set_routes(&mut self, routes: Routes) {
        self.routes = routes;
    }
}

impl Reached for &mut Site {
    fn goal(&self) -> Goal<'_> {
        Site::goal(self)
    }

    fn set_routes(&mut self, routes: Routes) {
        self.routes = routes;
    }
}

/// Adds the routes of publish steps.
pub fn add(set: &WorkflowSet, publishes: &mut [Publish]) {
    add_to(set, publishes);
}

/// Adds the routes of steps that attest or verify.
pub fn add_to_landmarks(set: &WorkflowSet, landmarks: &mut Landmarks) {
    let attests = landmarks.attests.values_mut().flatten().map(|attest| &mut attest.site);
    let verifies = landmarks.verifies.values_mut().flatten().map(|verify| &mut verify.site);
    let mut sites: Vec<&mut Site> = attests.chain(verifies).collect();
    add_to(set, &mut sites);
}

/// All goals of one workflow are followed together.
fn add_to<T: Reached>(set: &WorkflowSet, things: &mut [T]) {
    let mut by_workflow: BTreeMap<usize, Vec<&mut T>> = BTreeMap::new();
    for thing in things {
        by_workflow.entry(thing.goal().workflow).or_default().push(thing);
    }
    for (workflow, things) in by_workflow {
        let goals: Vec<Goal<'_>> = things.iter().map(|thing| thing.goal()).collect();
        let routes = reach::routes_of(set, workflow, &goals);
        for (thing, routes) in things.into_iter().zip(routes) {
            thing.set_routes(routes);
        }
    }
}
