//! Compare: the present run beside another branch, or beside one that was kept, with the first difference in one click.

use std::sync::Arc;

use egui::{Align, ScrollArea, Ui};

use crate::lens::compare::{Comparison, Difference, Pair, Side};
use crate::lens::rule_notes::{self, RuleNote};
use crate::lens::said::Said;
use crate::protocol::rule_words::{Matter, RuleWords};
use crate::session::branch::{Branch, BranchId, Place};
use crate::session::dials::difference;
use crate::session::run::Session;
use crate::session::step::Step;
use crate::ui::desk::Desk;
use crate::ui::icons::Icon;
use crate::ui::pane::Pane;
use crate::ui::theme::Theme;
use crate::ui::widgets::button::Button;
use crate::ui::widgets::chip::{Chip, Tone};
use crate::ui::widgets::table::{self, Column, Table, Width};
use crate::ui::widgets::{choice, text};
use crate::world::World;
use crate::world::setup::Setup;

/// The tab. The other branch or run stands at the left, the present one at the right.
#[derive(Clone, Default)]
pub struct Compare {
    against: Against,
    kept: Option<Arc<Kept>>,
    made: Option<Made>,
    /// The pair that is pointed at.
    chosen: Option<usize>,
    /// Whether the list shall jump to it.
    is_jump_wanted: bool,
}

/// What the present run is laid beside.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Against {
    /// The branch that it parted from, or at which its dials were turned; else the latest other one, else the kept run.
    #[default]
    Nearest,
    Branch(BranchId),
    /// The run that was left for the present one.
    Before,
    /// The run that was kept.
    Kept,
}

/// A run that was kept for comparing, as it stood then.
struct Kept {
    title: String,
    setup: Setup,
    steps: Vec<Arc<Step>>,
    world: World,
}

/// A comparison, and what it was made of.
#[derive(Clone)]
struct Made {
    of: (Place, Arc<Step>, Against),
    laid: Arc<Laid>,
}

/// Two laid beside each other, under the letters of their branches; under A and B where they belong to different runs.
struct Laid {
    letters: [String; 2],
    comparison: Comparison,
}

impl Pane for Compare {
    fn name(&self) -> &'static str {
        "Compare"
    }

    fn ui(&mut self, ui: &mut Ui, desk: &mut Desk<'_>) {
        let against = self.chosen_run(desk);
        egui::Frame::new().inner_margin(egui::Margin::symmetric(12, 4)).show(ui, |ui| {
            let laid = against.map(|against| self.laid(desk, against));
            ui.horizontal(|ui| self.head_ui(ui, desk, laid.as_deref(), against));
            match &laid {
                None => text::empty_state(
                    ui,
                    Icon::Branch,
                    "Nothing to compare with yet",
                    "Go back and act otherwise, which opens a branch; or keep this run and play another",
                ),
                Some(laid) => self.body_ui(ui, desk, laid),
            }
        });
    }
}

impl Compare {
    /// From now on the present branch is laid beside this one; beside the run that was left for the present one where none is
    /// given.
    pub fn lay_beside(&mut self, left: Option<BranchId>) {
        (self.against, self.made, self.chosen) = (left.map_or(Against::Before, Against::Branch), None, None);
        self.is_jump_wanted = true;
    }

    /// What the present run is laid beside now; `None` where there is nothing else.
    fn chosen_run(&self, desk: &Desk<'_>) -> Option<Against> {
        let here = desk.session.here().branch;
        let is_other = |id: BranchId| id != here && desk.session.branches().iter().any(|branch| branch.id() == id);
        match self.against {
            Against::Branch(id) if is_other(id) => Some(Against::Branch(id)),
            Against::Kept if self.kept.is_some() => Some(Against::Kept),
            Against::Before if desk.before.is_some() => Some(Against::Before),
            Against::Nearest | Against::Branch(_) | Against::Before | Against::Kept => {
                let parent = desk.session.branch().parent().map(|place| place.branch);
                let latest = desk.session.branches().iter().rev().map(Branch::id).find(|id| is_other(*id));
                let branch = parent.or(latest).map(Against::Branch);
                let kept = self.kept.as_ref().map(|_| Against::Kept);
                branch.or(kept).or_else(|| desk.before.map(|_| Against::Before))
            }
        }
    }

    /// The two laid beside each other; made anew only when either has changed.
    fn laid(&mut self, desk: &Desk<'_>, against: Against) -> Arc<Laid> {
        let session = desk.session;
        let is_made = self.made.as_ref().is_some_and(|made| {
            let (place, last, other) = &made.of;
            *place == session.here() && Arc::ptr_eq(last, session.last_step()) && *other == against
        });
        if !is_made {
            self.made = None;
            self.chosen = None;
        }
        let kept = self.kept.clone();
        let make = || {
            let b = Side { setup: session.setup(), steps: session.past(), world: session.world() };
            let comparison = match (against, kept) {
                (Against::Kept, Some(kept)) => {
                    Comparison::of(Side { setup: &kept.setup, steps: &kept.steps, world: &kept.world }, b)
                }
                (Against::Branch(id), _) => {
                    let other = session.branches().get(id.index()).unwrap_or(session.branch());
                    let place = until_present(session, other);
                    let world = session.world_at(place);
                    let world = world.as_ref().unwrap_or(session.world());
                    let steps = other.steps().get(..place.step).unwrap_or(other.steps());
                    Comparison::of(Side { setup: other.setup(), steps, world }, b)
                }
                (Against::Before, _) => {
                    let before = desk.before.unwrap_or(session);
                    let a = Side { setup: before.setup(), steps: before.past(), world: before.world() };
                    Comparison::of(a, b)
                }
                (Against::Nearest | Against::Kept, _) => Comparison::of(b, b),
            };
            let of = (session.here(), Arc::clone(session.last_step()), against);
            let letters = match against {
                Against::Branch(other) => [other.name(), session.here().branch.name()],
                Against::Nearest | Against::Before | Against::Kept => ["A".to_owned(), "B".to_owned()],
            };
            Made { of, laid: Arc::new(Laid { letters, comparison }) }
        };
        Arc::clone(&self.made.get_or_insert_with(make).laid)
    }

    fn head_ui(&mut self, ui: &mut Ui, desk: &mut Desk<'_>, laid: Option<&Laid>, against: Option<Against>) {
        let here = desk.session.here().branch;
        let mut names: Vec<(Against, String)> = Vec::new();
        for branch in desk.session.branches().iter().filter(|branch| branch.id() != here) {
            let turned = difference::turned(desk.session.setup(), branch.setup());
            let words = if turned.is_empty() { turned } else { format!(", {turned}") };
            names.push((Against::Branch(branch.id()), format!("Branch {}{words}", branch.name())));
        }
        names.extend(desk.before.map(|before| (Against::Before, format!("The run before, {}", before.title()))));
        names.extend(self.kept.as_ref().map(|kept| (Against::Kept, format!("Kept, {}", kept.title))));
        if let Some(mut chosen) = against {
            let options: Vec<(Against, &str)> = names.iter().map(|(value, name)| (*value, name.as_str())).collect();
            if choice::select(ui, "Compare with", &mut chosen, &options) {
                self.against = chosen;
            }
            let words = match against {
                Some(Against::Branch(_)) => format!("beside the present branch {}", desk.session.branch().name()),
                Some(Against::Nearest | Against::Before | Against::Kept) | None => {
                    "as A, the present run as B".to_owned()
                }
            };
            text::muted(ui, &words);
        }
        let keep = Button::quiet("Keep this run").hint("Keeps it as it stands, to lay another run beside it later");
        if keep.show(ui).clicked() {
            self.keep(desk);
        }
        let Some(Laid { comparison, .. }) = laid else { return };
        match comparison.first() {
            None => drop(Chip::new(Tone::Ok, "the same messages").signed().show(ui)),
            Some(first) => {
                let button = Button::quiet("First difference").hint("Jumps to where the two part");
                if button.show(ui).clicked() {
                    self.point(desk, comparison, first);
                    self.is_jump_wanted = true;
                }
            }
        }
    }

    fn keep(&mut self, desk: &Desk<'_>) {
        let session = desk.session;
        self.kept = Some(Arc::new(Kept {
            title: session.title().to_owned(),
            setup: session.setup().clone(),
            steps: session.past().to_vec(),
            world: session.world().clone(),
        }));
        self.made = None;
    }

    /// Points at a pair, and the whole window at its message in the present run.
    fn point(&mut self, desk: &mut Desk<'_>, comparison: &Comparison, index: usize) {
        self.chosen = Some(index);
        let rest = comparison.pairs.get(index..).unwrap_or_default();
        let own = rest.iter().find_map(|pair| pair.sides().1).and_then(|at| comparison.b.get(at));
        if let Some(said) = own {
            desk.selection.message = Some(said.message);
        }
    }

    fn body_ui(&mut self, ui: &mut Ui, desk: &mut Desk<'_>, laid: &Laid) {
        let Laid { letters: [left, right], comparison } = laid;
        let side = (ui.available_width() * 0.36).max(240.0);
        egui::Panel::right("differences")
            .exact_size(side)
            .frame(egui::Frame::new().inner_margin(egui::Margin::symmetric(12, 4)))
            .show(ui, |ui| {
                ScrollArea::vertical().id_salt("differences").auto_shrink(false).show(ui, |ui| {
                    self.differences_ui(ui, laid);
                });
            });
        ui.spacing_mut().item_spacing.y = 0.0;
        let points = |title| Column { title, width: Width::Points(34.0) };
        let share = Column { title: "", width: Width::Share(1.0) };
        let columns = [points(""), points(left), share, points(right), share];
        let table = Table::new(&columns);
        table.head(ui);
        let height = Theme::of(ui).space.row;
        let mut clicked = None;
        let mut area = ScrollArea::vertical().id_salt("pairs").auto_shrink(false);
        if std::mem::take(&mut self.is_jump_wanted)
            && let Some(chosen) = self.chosen.or(comparison.first())
        {
            area = area.vertical_scroll_offset((as_points(chosen) - 2.0).max(0.0) * height);
        }
        table::rows(ui, area, ("Arrivals side by side", comparison.pairs.len()), |ui, index| {
            let Some(pair) = comparison.pairs.get(index) else { return };
            if pair_ui(ui, &table, laid, *pair, self.chosen == Some(index)) {
                clicked = Some(index);
            }
        });
        if let Some(index) = clicked {
            self.point(desk, comparison, index);
        }
    }

    fn differences_ui(&self, ui: &mut Ui, laid: &Laid) {
        let Laid { letters, comparison } = laid;
        let theme = Theme::of(ui);
        let pair = self.chosen.or(comparison.first()).and_then(|index| comparison.pairs.get(index));
        let values = pair.map(|pair| comparison.differences(*pair)).unwrap_or_default();
        let count = comparison.same_count();
        text::note(ui, &format!("{count} of {} arrivals are the same", comparison.pairs.len()));
        if let Some(note) = pair.and_then(|pair| said_rule(comparison, *pair)) {
            rule_ui(ui, letters, &note);
        }
        let mut told: Vec<Matter> = Vec::new();
        for (heading, differences) in [
            ("This message", &values),
            ("In the end", &comparison.end),
            ("Set-up", &comparison.setup),
            ("Who knows what", &comparison.knowledge),
        ] {
            if differences.is_empty() {
                continue;
            }
            ui.add_space(theme.space.tight);
            text::strong(ui, heading);
            for Difference { name, a, b } in differences {
                text::muted(ui, name);
                // Once for each matter: many values may follow from one rule.
                let rule = rule_notes::of_value(comparison.rules, name).filter(|note| !told.contains(&note.matter));
                ui.horizontal(|ui| {
                    ui.with_layout(egui::Layout::left_to_right(Align::Center), |ui| {
                        let half = ui.available_width() / 2.0 - 8.0;
                        ui.scope(|ui| {
                            ui.set_max_width(half);
                            text::mono_in(ui, a, theme.color.muted);
                        });
                        text::mono(ui, b);
                    });
                });
                if let Some(note) = rule {
                    told.push(note.matter);
                    rule_ui(ui, letters, &note);
                }
            }
        }
    }
}

/// How far another branch is laid beside the present one: whole; but where the present one has a future that is not shown, no
/// further than the present moment.
fn until_present(session: &Session, other: &Branch) -> Place {
    if !session.can_forward() {
        return other.tip();
    }
    let passed = session.world().now() - session.setup().start;
    let until = other.setup().start + passed;
    let step = other.steps().iter().take_while(|step| step.at <= until).count();
    Place { branch: other.id(), step: step.max(1) }
}

/// The rule behind a message that only one of the two has.
fn said_rule(comparison: &Comparison, pair: Pair) -> Option<RuleNote> {
    let said = match pair {
        Pair::Same(..) | Pair::Changed(..) => return None,
        Pair::OnlyA(at) => comparison.a.get(at),
        Pair::OnlyB(at) => comparison.b.get(at),
    };
    rule_notes::of_message(comparison.rules, said?.kind)
}

/// What the page of each side says about a matter, and where.
fn rule_ui(ui: &mut Ui, [left, right]: &[String; 2], note: &RuleNote) {
    let theme = Theme::of(ui);
    egui::Frame::new()
        .fill(theme.color.raised)
        .corner_radius(theme.corner.button)
        .inner_margin(egui::Margin::symmetric(8, 4))
        .show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 2.0;
            text::strong(ui, &format!("The rule: {}", note.matter.label().to_lowercase()));
            for (letter, RuleWords { sentence, section, date }) in [(left, note.a), (right, note.b)] {
                text::note(ui, &format!("{letter}  {sentence}")).on_hover_text(format!("{section}, {date}"));
                text::small(ui, &format!("{date}, {section}"));
            }
        });
}

/// One row; true when it was clicked. A stands behind B as its ghost.
fn pair_ui(ui: &mut Ui, table: &Table<'_>, laid: &Laid, pair: Pair, is_chosen: bool) -> bool {
    let Laid { letters: [left, right], comparison } = laid;
    let theme = Theme::of(ui);
    let (a, b) = pair.sides();
    let (a, b) = (a.and_then(|at| comparison.a.get(at)), b.and_then(|at| comparison.b.get(at)));
    let (tone, mark) = match pair {
        Pair::Same(..) => (Tone::Neutral, "the same".to_owned()),
        Pair::Changed(..) => (Tone::Warn, "with other values".to_owned()),
        Pair::OnlyA(_) => (Tone::Bad, format!("only in {left}")),
        Pair::OnlyB(_) => (Tone::Info, format!("only in {right}")),
    };
    let words = |said: Option<&Said>| said.map_or_else(String::new, Said::words);
    let name = format!("{}, {mark}", b.or(a).map_or_else(String::new, Said::words));
    let row = table.row(ui, &name, is_chosen, |cells| {
        cells.ui(|ui| match pair {
            Pair::Same(..) => Icon::Dash.show(ui, 14.0, theme.color.faint),
            Pair::Changed(..) | Pair::OnlyA(_) | Pair::OnlyB(_) => drop(Chip::mark(tone, &mark).show(ui)),
        });
        cells.muted(&number(a));
        cells.muted(&words(a));
        cells.muted(&number(b));
        cells.text(&words(b));
    });
    row.clicked()
}

fn number(said: Option<&Said>) -> String {
    said.map_or_else(String::new, |said| said.number.to_string())
}

#[expect(clippy::cast_precision_loss, reason = "no run that is looked at has 2^24 messages")]
fn as_points(index: usize) -> f32 {
    index as f32
}
