//! Adds to publish, attest and verify steps under which events they run, and settles by them what steps are for.

use std::collections::BTreeMap;

use super::Publish;
use super::aim::Ask;
use super::attestation::{Landmarks, Site};
use crate::fact::workflow::WorkflowSet;
use crate::fact::workflow::expression::{Truth, Value};
use crate::fact::workflow::reach::{self, Goal, Route, Routes};

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
    for publish in publishes.iter_mut().filter(|publish| !publish.asks.is_empty()) {
        for (ask, values) in answers(set, publish, publish.routes.routes.len()) {
            let guard = (publish.file.clone(), ask.text.clone());
            for (route, value) in publish.routes.routes.iter_mut().zip(values) {
                let so_far = std::mem::replace(&mut route.reach, Truth::No);
                route.reach = so_far.and(ask.holds(&value));
                route.guards.push(guard.clone());
            }
        }
    }
}

/// What a step asks of its runs, each with what every one of its routes says to it.
fn answers(set: &WorkflowSet, publish: &Publish, routes: usize) -> Vec<(Ask, Vec<Value>)> {
    let said = |ask: &Ask| reach::said(set, publish.goal(), &ask.text.value, routes);
    publish.asks.iter().map(|ask| (ask.clone(), said(ask))).collect()
}

/// Settles what steps are for that leave it to the run: one that no event lets publish what it was taken for is for
/// whatever else its events say, and dropped where that is nothing.
pub fn settle(set: &WorkflowSet, found: &mut Vec<Publish>) {
    found.retain_mut(|publish| {
        if publish.asks.is_empty() {
            return true;
        }
        let routes = reach::routes(set, publish.goal());
        let open = |route: &Route| route.reach != Truth::No;
        // Whoever calls it from elsewhere may say anything; what never runs says nothing.
        if routes.called_from_elsewhere || routes.cut || !routes.routes.iter().any(open) {
            return true;
        }
        let answers = answers(set, publish, routes.routes.len());
        let holds = |at: usize, route: &Route| {
            let each = answers.iter().filter_map(|(ask, values)| Some(ask.holds(values.get(at)?)));
            each.fold(route.reach.clone(), Truth::and) != Truth::No
        };
        if routes.routes.iter().enumerate().any(|(at, route)| holds(at, route)) {
            return true;
        }
        let reached = |values: &[Value]| {
            let both = routes.routes.iter().zip(values.to_vec());
            both.filter(|(route, _)| open(route)).map(|(_, value)| value).collect::<Vec<_>>()
        };
        let mut others = answers.iter().flat_map(|(ask, values)| {
            reached(values).into_iter().filter_map(|value| ask.otherwise(&value)).collect::<Vec<_>>()
        });
        let other = others.next();
        publish.asks.clear();
        publish.kind = other.unwrap_or(publish.kind);
        other.is_some()
    });
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
