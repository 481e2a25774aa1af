//! Keys: one table of every shortcut. It drives the window and fills the help, so that the two cannot disagree.

use egui::{Context, Event, Key, Modifiers};

/// What a key, or a button that shares its words, makes the window do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// One arrow further: along the record, or into the unknown.
    Step,
    /// One step back along the record.
    Back,
    /// Steps by itself, or stops doing so.
    PlayOrPause,
    /// To the first step of the next phase.
    NextPhase,
    /// To the first step of the phase before.
    PreviousPhase,
    /// To the first step.
    Start,
    /// To the last recorded step, or to where nothing happens by itself any more.
    End,
    /// Selects the message above.
    Above,
    /// Selects the message below.
    Below,
    /// Shows what the selected message carries.
    Inspect,
    /// Shows the inspector's n-th tab, 0 being the first.
    ShowTab(usize),
    /// Lists the branches of this run.
    Branches,
    /// The app checks its receipt again.
    Verify,
    /// The app trades its receipt for a fresh one.
    Reissue,
    /// The marketplace gives the money back.
    Refund,
    /// Offers what can be done to the next message like the selected one.
    Fault,
    /// Lists all faults, and puts any together.
    Faults,
    /// Holds what would arrive next, or lets go what is held.
    Hold,
    /// Does the same again under the other revision, and lays both beside each other.
    Revision,
    /// Opens or closes the panel of dials.
    Dials,
    /// Finds anything that can be done, by its words.
    Find,
    /// To the place before the last act or jump.
    Undo,
    /// To the place that undo left.
    Redo,
    /// Offers to open a run or a scenario.
    Open,
    /// Offers to save the run.
    Save,
    /// Offers to give the run away: as a diagram, as HTTP, as a page.
    Export,
    /// Offers to save what was done as a scenario.
    Record,
    /// Begins the plain purchase afresh.
    NewRun,
    /// Everything larger.
    ZoomIn,
    /// Everything smaller.
    ZoomOut,
    /// Everything in its own size.
    ZoomReset,
    /// Shows or hides the list of keys.
    Help,
    /// Closes what is open, else lets go of the selection.
    Escape,
}

/// A key with what must be held down beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chord {
    /// The key.
    pub key: Key,
    /// Shift and Ctrl (Cmd on a Mac).
    pub modifiers: Modifiers,
}

/// One line of the table.
#[derive(Clone, Copy, Debug)]
pub struct Binding {
    /// Any of these.
    pub chords: &'static [Chord],
    /// What it does, in the words of the help.
    pub words: &'static str,
    /// The same for the machine.
    pub action: Action,
}

/// Lines of the table that belong together.
#[derive(Clone, Copy, Debug)]
pub struct Group {
    /// The heading in the help.
    pub title: &'static str,
    /// Its lines.
    pub bindings: &'static [Binding],
}

const fn plain(key: Key) -> Chord {
    Chord { key, modifiers: Modifiers::NONE }
}

const fn shift(key: Key) -> Chord {
    Chord { key, modifiers: Modifiers::SHIFT }
}

const fn ctrl(key: Key) -> Chord {
    Chord { key, modifiers: Modifiers::COMMAND }
}

const fn ctrl_shift(key: Key) -> Chord {
    Chord { key, modifiers: Modifiers::COMMAND.plus(Modifiers::SHIFT) }
}

const fn line(chords: &'static [Chord], words: &'static str, action: Action) -> Binding {
    Binding { chords, words, action }
}

/// Every shortcut of the window.
pub const TABLE: &[Group] = &[
    Group {
        title: "Move through the run",
        bindings: &[
            line(
                &[plain(Key::Space), plain(Key::ArrowRight), plain(Key::PageDown), plain(Key::N)],
                "Next step",
                Action::Step,
            ),
            line(&[plain(Key::ArrowLeft), plain(Key::PageUp)], "One step back", Action::Back),
            line(&[plain(Key::Period), plain(Key::P)], "Play or pause", Action::PlayOrPause),
            line(&[shift(Key::ArrowRight)], "Next phase", Action::NextPhase),
            line(&[shift(Key::ArrowLeft)], "Phase before", Action::PreviousPhase),
            line(&[plain(Key::Home)], "To the start", Action::Start),
            line(&[plain(Key::End)], "To the end", Action::End),
            line(&[ctrl(Key::Z)], "Undo", Action::Undo),
            line(&[ctrl(Key::Y)], "Redo", Action::Redo),
        ],
    },
    Group {
        title: "Look closer",
        bindings: &[
            line(&[plain(Key::ArrowUp)], "Message above", Action::Above),
            line(&[plain(Key::ArrowDown)], "Message below", Action::Below),
            line(&[plain(Key::Enter)], "Inspect the message", Action::Inspect),
            line(&[plain(Key::Num1)], "Claims", Action::ShowTab(0)),
            line(&[plain(Key::Num2)], "Verdict", Action::ShowTab(1)),
            line(&[plain(Key::Num3)], "Message", Action::ShowTab(2)),
            line(&[plain(Key::Num4)], "Second opinions", Action::ShowTab(3)),
            line(&[plain(Key::Num5)], "Who knows what", Action::ShowTab(4)),
            line(&[plain(Key::Num6), plain(Key::C)], "Compare", Action::ShowTab(5)),
            line(&[plain(Key::Num7)], "Coverage", Action::ShowTab(6)),
            line(&[plain(Key::B)], "Branches", Action::Branches),
            line(&[plain(Key::Escape)], "Close, or let go", Action::Escape),
        ],
    },
    Group {
        title: "Act",
        bindings: &[
            line(&[plain(Key::V)], "Verify the receipt again", Action::Verify),
            line(&[plain(Key::R)], "Reissue the receipt", Action::Reissue),
            line(&[plain(Key::X)], "Refund the payment", Action::Refund),
            line(&[plain(Key::F)], "Spoil the next message like this", Action::Fault),
            line(&[shift(Key::F)], "All faults, and any of your own", Action::Faults),
            line(&[plain(Key::H)], "Hold the next arrival, or let go", Action::Hold),
            line(&[plain(Key::S)], "Before or after the privacy changes", Action::Revision),
            line(&[plain(Key::D)], "Dials", Action::Dials),
        ],
    },
    Group {
        title: "Window and files",
        bindings: &[
            line(&[ctrl(Key::K)], "Find anything that can be done", Action::Find),
            line(&[ctrl(Key::O)], "Open a run or scenario", Action::Open),
            line(&[ctrl(Key::S)], "Save the run", Action::Save),
            line(&[ctrl(Key::E)], "Export the run", Action::Export),
            line(&[ctrl_shift(Key::S)], "Save as a scenario", Action::Record),
            line(&[ctrl(Key::N)], "New run", Action::NewRun),
            line(&[ctrl(Key::Plus), ctrl(Key::Equals)], "Larger", Action::ZoomIn),
            line(&[ctrl(Key::Minus)], "Smaller", Action::ZoomOut),
            line(&[ctrl(Key::Num0)], "Normal size", Action::ZoomReset),
            line(&[plain(Key::Questionmark), plain(Key::F1)], "These keys", Action::Help),
        ],
    },
];

/// The actions whose keys went down in this pass, in the order of pressing.
///
/// None while a text field has the keyboard. A focused button keeps Space, Enter and the arrows for itself.
#[must_use]
pub fn pressed(ctx: &Context) -> Vec<Action> {
    if ctx.text_edit_focused() {
        return Vec::new();
    }
    let is_focused = ctx.memory(|memory| memory.focused().is_some());
    ctx.input(|input| {
        let events = input.events.iter();
        let mut actions = events
            .filter_map(|event| action_of(event).filter(|(key, _)| !(is_focused && is_widgets(*key))))
            .map(|(_, action)| action);
        // Whoever opens a dialog types on into it, even where a slow pass brings all of it at once.
        let mut pressed: Vec<_> = Vec::new();
        while !pressed.last().is_some_and(|action: &Action| action.asks_for_words())
            && let Some(action) = actions.next()
        {
            pressed.push(action);
        }
        pressed
    })
}

impl Action {
    /// Whether it drops a menu: until that is closed it keeps the other keys for itself.
    #[must_use]
    pub const fn opens_a_menu(self) -> bool {
        matches!(self, Self::Branches | Self::Fault)
    }

    /// Whether it opens a dialog over the window: then an open menu makes way.
    #[must_use]
    pub const fn opens_a_dialog(self) -> bool {
        self.asks_for_words() || matches!(self, Self::Dials | Self::Help)
    }

    /// Whether it opens a dialog in which people type.
    const fn asks_for_words(self) -> bool {
        matches!(self, Self::Find | Self::Open | Self::Save | Self::Record | Self::Export | Self::Faults)
    }
}

/// The keys by which egui operates what has the focus.
fn is_widgets(key: Key) -> bool {
    matches!(key, Key::Space | Key::Enter | Key::ArrowUp | Key::ArrowDown | Key::ArrowLeft | Key::ArrowRight)
}

fn action_of(event: &Event) -> Option<(Key, Action)> {
    // Of egui's many events, only keys going down matter here.
    let Event::Key { key, pressed: true, modifiers, .. } = event else { return None };
    let binding = bindings().find(|binding| binding.chords.iter().any(|chord| chord.is_met(*key, *modifiers)))?;
    Some((*key, binding.action))
}

/// Every line of the table.
pub fn bindings() -> impl Iterator<Item = &'static Binding> {
    TABLE.iter().flat_map(|group| group.bindings)
}

/// The first key of `action` in words, for tooltips: `Ctrl+Z`.
#[must_use]
pub fn hint(action: Action) -> Option<String> {
    bindings().find(|binding| binding.action == action)?.chords.first().copied().map(Chord::words)
}

impl Chord {
    /// The chord as people write it: `Shift+→`.
    #[must_use]
    pub fn words(self) -> String {
        let mut words = String::new();
        if self.modifiers.command {
            words += "Ctrl+";
        }
        if self.modifiers.shift {
            words += "Shift+";
        }
        words + name_of(self.key)
    }

    fn is_met(self, key: Key, held: Modifiers) -> bool {
        // Signs such as "?" and "+" need Shift on some keyboards and not on others.
        let is_sign = matches!(self.key, Key::Questionmark | Key::Plus);
        self.key == key
            && held.command == self.modifiers.command
            && !held.alt
            && (is_sign || held.shift == self.modifiers.shift)
    }
}

fn name_of(key: Key) -> &'static str {
    // Where the keyboard shows a sign, the help shows it too; every other key goes by egui's own name.
    if key == Key::ArrowRight {
        "→"
    } else if key == Key::ArrowLeft {
        "←"
    } else if key == Key::ArrowUp {
        "↑"
    } else if key == Key::ArrowDown {
        "↓"
    } else if key == Key::Escape {
        "Esc"
    } else if key == Key::Period {
        "."
    } else if key == Key::Plus {
        "+"
    } else if key == Key::Minus {
        "−"
    } else if key == Key::Equals {
        "="
    } else if key == Key::Questionmark {
        "?"
    } else {
        key.name()
    }
}

#[cfg(test)]
mod tests {
    use super::{Action, TABLE, bindings, hint};

    #[test]
    fn no_chord_means_two_things() {
        let chords: Vec<_> = bindings().flat_map(|binding| binding.chords).collect();
        for (index, chord) in chords.iter().enumerate() {
            assert!(!chords.iter().skip(index + 1).any(|other| other == chord), "{} is there twice", chord.words());
        }
    }

    #[test]
    fn no_action_stands_in_two_lines() {
        let actions: Vec<_> = bindings().map(|binding| binding.action).collect();
        for (index, action) in actions.iter().enumerate() {
            assert!(!actions.iter().skip(index + 1).any(|other| other == action), "{action:?} is there twice");
        }
        assert!(TABLE.iter().all(|group| !group.bindings.is_empty()));
    }

    #[test]
    fn hints_read_as_people_write_them() {
        assert_eq!(hint(Action::Undo).as_deref(), Some("Ctrl+Z"));
        assert_eq!(hint(Action::NextPhase).as_deref(), Some("Shift+→"));
        assert_eq!(hint(Action::Help).as_deref(), Some("?"));
    }
}
