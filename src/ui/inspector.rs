//! The inspector: one place that shows whatever is selected, from every side, and the lamp beside it.

use egui::{Align, Layout, Rect, Ui, UiBuilder, pos2, vec2};

use crate::session::branch::BranchId;
use crate::ui::desk::Desk;
use crate::ui::icons::Icon;
use crate::ui::lamp;
use crate::ui::pane::Pane;
use crate::ui::panes::attacks::Attacks;
use crate::ui::panes::claims::Claims;
use crate::ui::panes::compare::Compare;
use crate::ui::panes::coverage::Coverage;
use crate::ui::panes::domains::Domains;
use crate::ui::panes::explore::Explore;
use crate::ui::panes::knowledge::Knowledge;
use crate::ui::panes::message::Message;
use crate::ui::panes::notices::Notices;
use crate::ui::panes::opinions::Opinions;
use crate::ui::panes::polling::Polling;
use crate::ui::panes::verdict::Verdict;
use crate::ui::selection::{Lab, Tab};
use crate::ui::theme::Theme;
use crate::ui::widgets::button::Button;
use crate::ui::widgets::choice::{self, TABS_HEIGHT};
use crate::ui::widgets::{menu, text};

/// What the longest words of the lamp need, in points.
const LAMP_ROOM: f32 = 250.0;
/// What the menu of labs needs, in points.
const LABS_ROOM: f32 = 74.0;
/// How wide that menu is when it is open.
const LABS_WIDTH: f32 = 320.0;

/// The tabs with what they show.
#[derive(Default)]
pub struct Inspector {
    claims: Claims,
    verdict: Verdict,
    message: Message,
    opinions: Opinions,
    knowledge: Knowledge,
    compare: Compare,
    coverage: Coverage,
    explore: Explore,
    notices: Notices,
    polling: Polling,
    domains: Domains,
    attacks: Attacks,
}

impl Inspector {
    /// The compare tab shall lay the present branch beside this one; beside the run that was left for the present one where none
    /// is given.
    pub fn compare_with(&mut self, left: Option<BranchId>) {
        self.compare.lay_beside(left);
    }
}

impl Pane for Inspector {
    fn name(&self) -> &'static str {
        "Inspector"
    }

    fn ui(&mut self, ui: &mut Ui, desk: &mut Desk<'_>) {
        let theme = Theme::of(ui);
        let room = ui.max_rect();
        let head = Rect::from_min_size(room.min, vec2(room.width(), TABS_HEIGHT));
        ui.painter().hline(room.x_range(), head.bottom() - 0.5, theme.hairline());
        let inner = head.shrink2(vec2(theme.space.gap, 0.0));
        // The lamp is never cut; where there is little room the tabs move closer together.
        let for_tabs = inner.with_max_x((inner.right() - LAMP_ROOM - LABS_ROOM).max(inner.left()));
        let mut tabs = ui.new_child(UiBuilder::new().max_rect(for_tabs).layout(Layout::left_to_right(Align::Center)));
        choice::tabs(&mut tabs, "inspector", &mut desk.selection.tab, &Tab::shown(desk.selection.lab));
        let behind_tabs = Rect::from_min_max(pos2(tabs.min_rect().right(), head.top()), inner.max);
        let mut labs =
            ui.new_child(UiBuilder::new().max_rect(behind_tabs).layout(Layout::left_to_right(Align::Center)));
        labs_ui(&mut labs, desk);
        let rest = Rect::from_min_max(pos2(labs.min_rect().right() + theme.space.pad, head.top()), inner.max);
        let mut title = ui.new_child(UiBuilder::new().max_rect(rest).layout(Layout::right_to_left(Align::Center)));
        // The title is the token's; a message has its own, and may carry none.
        let words = if desk.selection.tab.is_about_token() { desk.view.subject().title() } else { String::new() };
        let font = theme.mono();
        let width = title.painter().layout_no_wrap(words.clone(), font, theme.color.muted).size().x;
        if !words.is_empty() && width + LAMP_ROOM <= rest.width() {
            text::mono_in(&mut title, &words, theme.color.muted);
        }
        lamp::chip_ui(&mut title, desk);
        let body = Rect::from_min_max(pos2(room.left(), head.bottom()), room.max);
        let mut body_ui = ui.new_child(UiBuilder::new().max_rect(body));
        let pane: &mut dyn Pane = match desk.selection.tab {
            Tab::Claims => &mut self.claims,
            Tab::Verdict => &mut self.verdict,
            Tab::Message => &mut self.message,
            Tab::Opinions => &mut self.opinions,
            Tab::Knowledge => &mut self.knowledge,
            Tab::Compare => &mut self.compare,
            Tab::Coverage => &mut self.coverage,
            Tab::Lab(Lab::Explore) => &mut self.explore,
            Tab::Lab(Lab::Notices) => &mut self.notices,
            Tab::Lab(Lab::Polling) => &mut self.polling,
            Tab::Lab(Lab::Domains) => &mut self.domains,
            Tab::Lab(Lab::Attacks) => &mut self.attacks,
        };
        pane.ui(&mut body_ui, desk);
    }
}

/// The menu of labs; the chosen one takes the last tab.
fn labs_ui(ui: &mut Ui, desk: &mut Desk<'_>) {
    let button = Button::quiet("Lab").trailing(Icon::ChevronDown).hint("Try something on this run").show(ui);
    menu::drop_down(&button, LABS_WIDTH, |ui| {
        for lab in Lab::ALL {
            let is_current = desk.selection.tab == Tab::Lab(lab);
            if menu::line(ui, lab.label(), lab.sentence(), is_current).clicked() {
                desk.selection.open_lab(lab);
            }
        }
    });
}
