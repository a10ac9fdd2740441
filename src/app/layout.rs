//! Where everything stands on the screen: one pure function for drawing, for scrolling and for the mouse.

use super::action::Place;

/// The least width the dashboard is drawn at.
pub const LEAST_COLUMNS: u16 = 60;
/// The least height the dashboard is drawn at.
pub const LEAST_ROWS: u16 = 16;
/// The width from which panes stand beside each other.
const WIDE: u16 = 100;
/// The height from which all four panes of a requirement are shown at once.
const TALL: u16 = 28;

/// A rectangle of cells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Area {
    /// From the left.
    pub x: u16,
    /// From the top.
    pub y: u16,
    /// Columns.
    pub width: u16,
    /// Rows.
    pub height: u16,
}

impl Area {
    /// Whether a cell lies in it.
    pub const fn holds(&self, column: u16, row: u16) -> bool {
        column >= self.x && column - self.x < self.width && row >= self.y && row - self.y < self.height
    }

    /// The same without its frame.
    #[must_use]
    pub const fn inner(self) -> Self {
        Self {
            x: self.x.saturating_add(1),
            y: self.y.saturating_add(1),
            width: self.width.saturating_sub(2),
            height: self.height.saturating_sub(2),
        }
    }

    /// Cuts off the first rows; answers them and the rest.
    fn split_rows(self, rows: u16) -> (Self, Self) {
        let rows = rows.min(self.height);
        let rest = Self { y: self.y + rows, height: self.height - rows, ..self };
        (Self { height: rows, ..self }, rest)
    }

    /// Cuts off the first columns; answers them and the rest.
    fn split_columns(self, columns: u16) -> (Self, Self) {
        let columns = columns.min(self.width);
        let rest = Self { x: self.x + columns, width: self.width - columns, ..self };
        (Self { width: columns, ..self }, rest)
    }
}

/// One pane.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Pane {
    /// Repositories and requirements.
    Matrix,
    /// What the cell under the cursor says.
    Cell,
    /// What the marks mean.
    Legend,
    /// The requirements of one repository.
    Requirements,
    /// What the requirement under the cursor says.
    Detail,
    /// Evidence: a file.
    File,
    /// Evidence: answers of a server.
    Api,
    /// What the SPEC asks, and the checks.
    Requirement,
    /// What to do.
    Todo,
    /// How sure it is.
    Sure,
    /// What a write would change.
    Preview,
    /// The fixes that can be taken or left.
    Plan,
    /// What a write would come to.
    Effect,
    /// The steps of the checklist.
    Steps,
    /// The step under the cursor.
    Step,
    /// The report of the checklist as far as it is.
    Signoff,
    /// The log.
    Log,
}

/// What of a screen decides where panes stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// Which screen.
    pub place: Place,
    /// Its width and height.
    pub size: (u16, u16),
    /// How many repositories there are.
    pub repositories: usize,
    /// How many requirements are listed.
    pub requirements: usize,
    /// Which of the panes of a requirement has the focus, from 0.
    pub focus: usize,
    /// Whether there is evidence of a file, and of a server.
    pub evidence: (bool, bool),
}

/// Where everything stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Layout {
    /// The first line.
    pub header: Area,
    /// The line of tabs, where there is one.
    pub tabs: Option<Area>,
    /// The panes, each with its frame.
    pub panes: Vec<(Pane, Area)>,
    /// The line that says what happened.
    pub status: Area,
    /// The line of keys.
    pub footer: Area,
    /// Whether panes stand beside each other.
    pub wide: bool,
}

impl Layout {
    /// The place of a pane; empty where it is not shown.
    pub fn pane(&self, pane: Pane) -> Area {
        self.panes.iter().find(|(known, _)| *known == pane).map(|(_, area)| *area).unwrap_or_default()
    }

    /// The pane on which a cell lies.
    pub fn at(&self, column: u16, row: u16) -> Option<Pane> {
        self.panes.iter().find(|(_, area)| area.holds(column, row)).map(|(pane, _)| *pane)
    }
}

/// Whether a screen is too small to be drawn.
pub const fn too_small((columns, rows): (u16, u16)) -> bool {
    columns < LEAST_COLUMNS || rows < LEAST_ROWS
}

/// Places everything; nothing where the screen is too small.
pub fn layout(shape: &Shape) -> Layout {
    let (width, height) = shape.size;
    if too_small(shape.size) {
        return Layout::default();
    }
    let whole = Area { x: 0, y: 0, width, height };
    let (header, rest) = whole.split_rows(1);
    let (body, foot) = rest.split_rows(rest.height - 2);
    let (status, footer) = foot.split_rows(1);
    let mut layout = Layout { header, status, footer, wide: width >= WIDE, ..Layout::default() };
    match shape.place {
        Place::Fleet => fleet(body, shape, &mut layout),
        Place::Repo => repo(body, shape, &mut layout),
        Place::Evidence => evidence(body, shape, &mut layout),
        Place::Fix => preview(body, &mut layout),
        Place::Checklist => checklist(body, &mut layout),
        Place::Log => layout.panes.push((Pane::Log, body)),
    }
    layout
}

/// A quarter of the screen for what follows the cursor.
fn quarter(body: Area) -> u16 {
    body.height.div_ceil(4).clamp(4, 12)
}

/// The matrix takes the rows it needs and leaves the rest to the reason of the cell under the cursor.
fn fleet(body: Area, shape: &Shape, layout: &mut Layout) {
    let legend = if layout.wide && body.height + 3 >= TALL { 4 } else { 0 };
    let heads = if layout.wide { 2 } else { 1 };
    let wanted = u16::try_from(shape.repositories).unwrap_or(u16::MAX).saturating_add(heads + 2).max(7);
    let (matrix, rest) = body.split_rows(wanted.min(body.height - quarter(body) - legend));
    let (cell, legend) = rest.split_rows(rest.height - legend);
    layout.panes = vec![(Pane::Matrix, matrix), (Pane::Cell, cell)];
    if legend.height > 0 {
        layout.panes.push((Pane::Legend, legend));
    }
}

fn repo(body: Area, shape: &Shape, layout: &mut Layout) {
    let (list, detail) = if layout.wide {
        // From there on the list has room for its reasons beside a detail of a comfortable width.
        let list = if body.width < 160 { (body.width * 48 / 100).clamp(50, 76) } else { body.width * 11 / 20 };
        body.split_columns(list)
    } else {
        let wanted = u16::try_from(shape.requirements).unwrap_or(u16::MAX).saturating_add(2);
        body.split_rows(wanted.min(body.height - quarter(body)))
    };
    layout.panes = vec![(Pane::Requirements, list), (Pane::Detail, detail)];
}

fn evidence(body: Area, shape: &Shape, layout: &mut Layout) {
    if layout.wide && shape.size.1 >= TALL {
        let (left, right) = body.split_columns(body.width * 53 / 100);
        let (seen, sure) = left.split_rows(left.height - 8);
        let (requirement, todo) = right.split_rows(right.height * 56 / 100);
        layout.panes = seen_panes(seen, shape.evidence);
        layout.panes.extend([(Pane::Sure, sure), (Pane::Requirement, requirement), (Pane::Todo, todo)]);
        return;
    }
    let (tabs, body) = body.split_rows(1);
    layout.tabs = Some(tabs);
    layout.panes = match shape.focus {
        1 => vec![(Pane::Requirement, body)],
        2 => vec![(Pane::Todo, body)],
        3 => vec![(Pane::Sure, body)],
        _ => seen_panes(body, shape.evidence),
    };
}

/// The panes of evidence, each only where there is some; a file gets the larger share.
fn seen_panes(area: Area, evidence: (bool, bool)) -> Vec<(Pane, Area)> {
    match evidence {
        (true, true) => {
            let (file, api) = area.split_rows(area.height * 3 / 5);
            vec![(Pane::File, file), (Pane::Api, api)]
        }
        (false, true) => vec![(Pane::Api, area)],
        _ => vec![(Pane::File, area)],
    }
}

fn preview(body: Area, layout: &mut Layout) {
    if !layout.wide {
        let (preview, plan) = body.split_rows(body.height - quarter(body));
        layout.panes = vec![(Pane::Plan, plan), (Pane::Preview, preview)];
        return;
    }
    let (above, effect) = body.split_rows(body.height - 4);
    let (plan, preview) = above.split_columns(34);
    layout.panes = vec![(Pane::Plan, plan), (Pane::Preview, preview), (Pane::Effect, effect)];
}

fn checklist(body: Area, layout: &mut Layout) {
    if layout.wide {
        let (above, signoff) = body.split_rows(body.height * 3 / 5);
        let (steps, step) = above.split_columns((body.width * 47 / 100).clamp(48, 90));
        layout.panes = vec![(Pane::Steps, steps), (Pane::Step, step), (Pane::Signoff, signoff)];
    } else {
        let (steps, step) = body.split_rows(body.height - quarter(body) - 2);
        layout.panes = vec![(Pane::Steps, steps), (Pane::Step, step)];
    }
}

/// Where the columns of the matrix stand, in columns from the left of its frame.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Columns {
    /// How wide the names of repositories may be. They begin behind three columns for cursor and mark.
    pub name: u16,
    /// Where the first requirement stands.
    pub cells: u16,
    /// How wide each requirement is.
    pub cell: u16,
    /// How many requirements are shown.
    pub count: u16,
    /// Where the verdict stands, and how wide it is.
    pub verdict: (u16, u16),
    /// Where the time of the last answer stands, and how wide it is; no width where there is no room.
    pub updated: (u16, u16),
    /// Where the reason stands, and how wide it is; no width where there is no room.
    pub reason: (u16, u16),
}

/// Columns in front of names: cursor and mark.
pub const MARGIN: u16 = 3;

/// Divides the width of the matrix.
pub fn columns(width: u16, requirements: usize) -> Columns {
    let roomy = width >= 108;
    // Wide columns end with blanks, narrow ones need one before the verdict.
    let (cell, gap) = if roomy { (5, 0) } else { (3, 1) };
    let verdict = if roomy { 15 } else { 10 };
    let updated = if width >= 96 { 8 } else { 0 };
    let (least, most) = if roomy { (26, 40) } else { (20, 32) };
    let fixed = MARGIN + verdict + updated + gap;
    let room = width.saturating_sub(fixed + least) / cell;
    let count = u16::try_from(requirements).unwrap_or(u16::MAX).min(room);
    let free = width.saturating_sub(fixed + count * cell);
    let spare = free.saturating_sub(most);
    // A reason of a few letters helps nobody, so that little room goes to the names.
    let reason = if spare < 24 { 0 } else { spare };
    let name = free - reason;
    let cells = MARGIN + name;
    let verdict_at = cells + count * cell + gap;
    let updated_at = verdict_at + verdict;
    Columns {
        name,
        cells,
        cell,
        count,
        verdict: (verdict_at, verdict),
        updated: (updated_at, updated),
        reason: (updated_at + updated, reason),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shape(place: Place, size: (u16, u16), focus: usize) -> Shape {
        Shape { place, size, repositories: 40, requirements: 13, focus, evidence: (true, true) }
    }

    #[test]
    fn below_the_floor_nothing_is_placed() {
        assert_eq!(layout(&shape(Place::Fleet, (59, 16), 0)), Layout::default());
        assert_eq!(layout(&shape(Place::Fleet, (60, 15), 0)), Layout::default());
        assert!(!layout(&shape(Place::Fleet, (60, 16), 0)).panes.is_empty());
    }

    #[test]
    fn the_matrix_shows_all_requirements_from_eighty_columns_on() {
        for (width, cell, count) in [(58, 3, 8), (78, 3, 13), (118, 5, 13), (198, 5, 13)] {
            let columns = columns(width, 13);
            assert_eq!((columns.cell, columns.count), (cell, count), "{width}: {columns:?}");
            assert!(columns.name >= 20 && columns.reason.0 + columns.reason.1 <= width, "{width}: {columns:?}");
        }
        assert_eq!(columns(198, 13).reason.1, 67);
    }

    proptest! {
        #[test]
        fn panes_cover_the_body_once(width in 60_u16..300, height in 16_u16..120, place in 0_usize..6, focus in 0_usize..4) {
            let shape = shape(Place::ALL[place], (width, height), focus);
            let layout = layout(&shape);
            let top = if layout.tabs.is_some() { 2 } else { 1 };
            for row in 0..height {
                for column in [0, 1, width / 3, width / 2, width - 2, width - 1] {
                    let panes = layout.panes.iter().filter(|(_, area)| area.holds(column, row)).count();
                    prop_assert_eq!(panes, usize::from(row >= top && row < height - 2));
                }
            }
            for (pane, area) in &layout.panes {
                prop_assert!(area.height >= 4 && area.width >= 26, "{:?} {:?}", pane, area);
            }
        }
    }
}
