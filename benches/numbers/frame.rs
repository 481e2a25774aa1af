//! Frame work of the whole window: one egui pass and its tessellation, without a graphics card, at 16 and at 10,000 messages,
//! and while 32 programs outside ask the window's own run.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Instant;

use crate::client::{connect, hear, resident_kib, verify};
use crate::stopwatch::{fastest_ms, word};
use egui::{Context, RawInput, Rect, pos2, vec2};
use paystage::io::saved::{Keep, Saved};
use paystage::protocol::id::ProductId;
use paystage::session::control::{next_command, run_until_idle};
use paystage::session::recorded::Recorded;
use paystage::session::run::Session;
use paystage::session::step::Step;
use paystage::ui::guests::Guests;
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
    with_guests();
}

/// How many connections ask, how many frames are drawn, and the goal: a sixtieth of a second for a frame and all that is asked in it.
const CONNECTIONS: usize = 32;
const FRAMES: usize = 600;
const FRAME_MAX_MS: f64 = 1e3 / 60.0;

/// Every frame answers whoever has asked, then draws what became of it.
fn with_guests() {
    let mut session = Session::new(Setup::default());
    session.dispatch(Command::Buy { product: ProductId::parse("shiny-pony").unwrap() });
    assert!(run_until_idle(&mut session, 1_000));
    let receipt = session.world().device().receipts().first().unwrap().clone();
    let mut stage = Stage::new(session);
    let guests = Guests::invite(0, &stage.ctx, Box::new(Nowhere)).unwrap();
    let request = verify(guests.port(), &receipt);
    let port = guests.port();
    stage.window.let_in(Ok(guests));
    let is_over = Arc::new(AtomicBool::new(false));
    let asking = thread::spawn({
        let is_over = Arc::clone(&is_over);
        move || {
            let mut sockets: Vec<_> = (0..CONNECTIONS).map(|_| connect(port)).collect();
            let (mut buffer, mut answers) = (vec![0; 8 << 10], 0_u32);
            while !is_over.load(Ordering::Relaxed) {
                for socket in &mut sockets {
                    std::io::Write::write_all(socket, &request).unwrap();
                }
                for socket in &mut sockets {
                    hear(socket, &mut buffer);
                    answers += 1;
                }
            }
            answers
        }
    });
    let before = resident_kib("self");
    let since = Instant::now();
    let mut frames: Vec<f64> = (0..FRAMES).map(|_| stage.tended_frame_ms()).collect();
    let took = since.elapsed();
    is_over.store(true, Ordering::Relaxed);
    while !asking.is_finished() {
        stage.tended_frame_ms();
    }
    let answers = asking.join().unwrap();
    let grown = resident_kib("self").saturating_sub(before);
    frames.sort_by(f64::total_cmp);
    let median = frames[FRAMES / 2];
    println!(
        "frame with {CONNECTIONS} guests: {median:.2} ms at the median (goal {FRAME_MAX_MS:.1}, {}), {:.2} ms at 95 %; {answers} answers in {:.1} s, {grown} KiB more for them",
        word(median <= FRAME_MAX_MS),
        frames[FRAMES * 95 / 100],
        took.as_secs_f64()
    );
}

fn report(messages: &str, session: Session, goal_ms: f64) {
    let mut stage = Stage::new(session);
    let rest = fastest_ms(60, || stage.frame());
    let word = word(rest <= goal_ms);
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

    /// One frame with what comes from outside before it, in milliseconds.
    fn tended_frame_ms(&mut self) -> f64 {
        let since = Instant::now();
        self.window.tend(&self.ctx);
        self.frame();
        since.elapsed().as_secs_f64() * 1e3
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

/// Keeps nothing.
struct Nowhere;

impl Keep for Nowhere {
    fn keep(&mut self, _: &dyn Recorded, _: &Arc<Step>) -> Saved {
        Saved::already()
    }

    fn hand_over(&mut self) {}
}
