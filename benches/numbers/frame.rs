//! Frame work of the whole window: one egui pass and its tessellation, without a graphics card, at 16 and at 10,000 messages.

use crate::stopwatch::fastest_ms;
use egui::{Context, RawInput, Rect, pos2, vec2};
use paystage::protocol::id::ProductId;
use paystage::session::control::{next_command, run_until_idle};
use paystage::session::run::Session;
use paystage::ui::keys::Action;
use paystage::ui::theme;
use paystage::ui::window::Window;
use paystage::world::command::Command;
use paystage::world::setup::Setup;

/// Measures and prints: a window at rest, and one in which every frame takes a step.
pub(crate) fn run() {
    let mut short = Session::new(Setup::default());
    while short.world().wire().sent_count() < 20 {
        let Some(command) = next_command(&short) else { break };
        short.dispatch(command);
    }
    report("16", short, 2.0);
    let mut long = Session::new(Setup::default());
    let product = ProductId::parse("shiny-pony").unwrap();
    while long.world().wire().sent_count() < 10_000 {
        long.dispatch(Command::Buy { product: product.clone() });
        assert!(run_until_idle(&mut long, 1_000));
    }
    report("10,000", long, 4.0);
}

fn report(messages: &str, session: Session, goal_ms: f64) {
    let mut stage = Stage::new(session);
    let rest = fastest_ms(60, || stage.frame());
    let word = if rest <= goal_ms { "met" } else { "MISSED" };
    println!("frame work with {messages} messages: {rest:.2} ms at rest (goal {goal_ms} ms, {word})");
    let mut is_back = true;
    let step = fastest_ms(60, || {
        stage.window.press(if is_back { Action::Back } else { Action::Step });
        is_back = !is_back;
        stage.frame();
    });
    println!("frame work with {messages} messages: {step:.2} ms with a step in it");
}

struct Stage {
    ctx: Context,
    window: Window,
    time_s: f64,
}

impl Stage {
    fn new(session: Session) -> Self {
        let ctx = Context::default();
        theme::apply(&ctx);
        let mut stage = Self { ctx, window: Window::new(session), time_s: 0.0 };
        (0..4).for_each(|_| stage.frame());
        stage
    }

    fn frame(&mut self) {
        self.time_s += 1.0 / 60.0;
        let screen = Rect::from_min_size(pos2(0.0, 0.0), vec2(1600.0, 1000.0));
        let input = RawInput { screen_rect: Some(screen), time: Some(self.time_s), ..RawInput::default() };
        let mut output = self.ctx.run_ui(input, |ui| self.window.ui(ui));
        output.textures_delta.clear();
        std::hint::black_box(self.ctx.tessellate(output.shapes, output.pixels_per_point));
    }
}
