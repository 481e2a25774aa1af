//! The life: six parties and a wire, moved by commands only.
//!
//! [`World::handle`] takes a command and gives back what happened. The world has no clock of the machine, no chance of its own,
//! does no I/O and cannot fail: a refusal is an event with a reason. Equal set-ups and equal commands give equal events.

pub mod party;
pub mod character;
pub mod seat;
pub mod names;
pub mod platform;
pub mod guard;
pub mod catalog;
pub mod setup;
pub mod provenance;
pub mod input;
pub mod craft;
pub mod planted;
pub mod refusal;
pub mod transaction;
pub mod ware;
pub mod message;
#[macro_use]
mod addressee;
mod brief;
pub mod kind;
pub mod topic;
pub(crate) mod reply;
pub mod fault;
pub mod command;
pub mod http_form;
pub mod wire_form;
pub mod event;
pub mod wire;
pub(crate) mod open_windows;
pub(crate) mod scene;
pub mod secret;
pub(crate) mod chance;
pub mod domain_check;
pub mod buyer;
pub(crate) mod asked;
pub mod app_page;
pub mod device;
pub(crate) mod notice_intake;
pub mod app_server;
pub mod marketplace;
pub mod provider;
pub(crate) mod forge;
mod outside;

use std::sync::Arc;

use crate::protocol::dial::Profile;
use crate::protocol::id::{ProductId, TransactionId};
use crate::protocol::ring::KeyRing;
use crate::protocol::store_answer::StoreReply;
use crate::protocol::time::{Span, Time};
use crate::protocol::verdict::check::CheckSet;
use crate::protocol::verdict::ladder::Verdict;
use crate::world::app_page::AppPage;
use crate::world::app_server::AppServer;
use crate::world::buyer::Buyer;
use crate::world::catalog::Catalog;
use crate::world::chance::Chance;
use crate::world::command::Command;
use crate::world::device::Device;
use crate::world::event::Event;
use crate::world::fault::armed::Fault;
use crate::world::fault::desk::FaultDesk;
use crate::world::fault::reach::Reach;
use crate::world::input::Input;
use crate::world::marketplace::Marketplace;
use crate::world::message::{Body, Crossing, Message, MessageId};
use crate::world::outside::{Arrow, Errands};
use crate::world::party::Party;
use crate::world::planted::Planted;
use crate::world::provider::Provider;
use crate::world::scene::Scene;
use crate::world::seat::Seat;
use crate::world::secret::Secrets;
use crate::world::setup::{AppKeys, Setup};
use crate::world::wire::{Due, Outbox, Reminder, Wire};

/// The whole stage as one value: parties, wire, clock. Cloning it is taking a snapshot.
#[derive(Clone, Debug)]
pub struct World {
    scene: Scene,
    wire: Wire,
    faults: FaultDesk,
    errands: Errands,
    buyer: Buyer,
    app_page: AppPage,
    device: Device,
    app_server: AppServer,
    marketplace: Marketplace,
    provider: Provider,
}

/// Where each stream of chance belongs; a new one takes a new number, so that old runs keep their bytes.
mod stream {
    pub(super) const SERVER_IDS: u64 = 0;
    pub(super) const PAYMENT_KEY: u64 = 1;
    pub(super) const STORE_KEYS: u64 = 2;
    pub(super) const STORE_IDS: u64 = 3;
    pub(super) const FORGER: u64 = 4;
}

impl World {
    /// The stage before its first command. Nothing has happened and nothing is on its way.
    #[must_use]
    pub fn new(setup: Setup) -> Self {
        let seed = setup.seed;
        let chance = |purpose| Chance::new(seed, purpose);
        let (now, buyer) = (setup.start, Buyer::new(setup.buyer));
        let scene = Scene { catalog: Arc::new(Catalog::of(&setup)), setup, now };
        let payment_key = app_server::payment_key(&scene, &mut chance(stream::PAYMENT_KEY));
        Self {
            wire: Wire::new(scene.setup.latency),
            faults: FaultDesk::new(&scene.setup.faults, scene.now),
            errands: Errands::default(),
            buyer,
            app_page: AppPage::default(),
            device: Device::new(&scene.setup, &scene.catalog),
            marketplace: Marketplace::new(&scene, &payment_key, chance(stream::STORE_IDS), chance(stream::STORE_KEYS)),
            app_server: AppServer::new(payment_key, chance(stream::SERVER_IDS)),
            provider: Provider::default(),
            scene,
        }
    }

    /// The same stage before its first command, with these faults armed as well: what `new` makes of a set-up that names them last.
    #[must_use]
    pub fn with_faults(&self, faults: &[Fault]) -> Self {
        let mut world = self.clone();
        world.scene.setup.faults.extend_from_slice(faults);
        world.faults = FaultDesk::new(&world.scene.setup.faults, world.scene.now);
        world
    }

    /// Carries out one command and gives back what happened. Never fails: what cannot be done is an event that says why.
    pub fn handle(&mut self, command: &Command) -> Vec<Event> {
        let mut events = Vec::with_capacity(8);
        match command {
            Command::Start => self.start(&mut events),
            Command::Step => self.step(&mut events),
            Command::Wait { span } => self.wait(*span, &mut events),
            Command::Buy { product } => self.at_page(&mut events, |_, out| Buyer::click_buy(product, out)),
            Command::Confirm { pin } => self.act(&mut events, |world, out| world.buyer.confirm(pin, out)),
            Command::Cancel => self.act(&mut events, |world, out| world.buyer.cancel(out)),
            Command::CloseWindow => self.act(&mut events, |world, out| world.buyer.close_window(out)),
            Command::ChangeBuyer { character } => {
                self.prepare(&mut events, |world, out| world.buyer.change(*character, out));
            }
            Command::Refund { transaction } => {
                self.act(&mut events, |world, out| world.marketplace.refund(transaction, out));
            }
            Command::ChargeBack { transaction } => {
                self.act(&mut events, |world, out| world.provider.charge_back(transaction, out));
            }
            Command::OpenHistory => self.act(&mut events, |_, out| Buyer::open_history(out)),
            Command::GetReceipt { transaction } => {
                self.act(&mut events, |_, out| Buyer::request_receipt(transaction, out));
            }
            Command::VerifyAgain { product } => {
                self.at_page(&mut events, |world, out| world.app_page.verify_again(&world.scene, product, out));
            }
            Command::Reopen => self.at_page(&mut events, |world, out| world.app_page.reopen(&world.scene, out)),
            Command::Reissue { product } => {
                self.at_page(&mut events, |world, out| world.app_page.reissue(&world.scene, product, out));
            }
            Command::RotateKey => self.act(&mut events, |world, out| world.marketplace.rotate_key(&world.scene, out)),
            Command::FetchKeys => self.at_page(&mut events, |world, out| world.app_page.fetch_keys(&world.scene, out)),
            Command::Plant { product, receipt } => self.plant(product, receipt, &mut events),
            Command::Skew { party, ahead } => self.skew(*party, *ahead, &mut events),
            Command::Arm { fault } => self.at_faults(&mut events, |faults, reach| faults.arm(fault, reach)),
            Command::Disarm { fault } => self.at_faults(&mut events, |faults, reach| faults.disarm(*fault, reach)),
            Command::ClearFaults => self.at_faults(&mut events, FaultDesk::clear),
            Command::Release { message } => {
                self.at_faults(&mut events, |faults, reach| faults.release(*message, reach));
            }
            Command::Receive { at, input } => self.receive(*at, input, &mut events),
        }
        events
    }

    /// The set-up as it stands; a skew that was changed by command shows here.
    #[must_use]
    pub fn setup(&self) -> &Setup {
        &self.scene.setup
    }

    /// What the app would say of this receipt now, without these checks and without asking the store. Changes nothing.
    #[must_use]
    pub fn judged(&self, receipt: &str, off: CheckSet) -> Verdict {
        AppPage::judged(&self.scene, self.keys_at_page(), receipt, off)
    }

    /// What an app with this profile would say of this receipt now, all checks made and the store asked. Changes nothing.
    #[must_use]
    pub fn judged_as(&self, receipt: &str, profile: Profile) -> Verdict {
        let reply = StoreReply::Answer(self.marketplace.answer_for(&self.scene, receipt));
        AppPage::judged_as(&self.scene, self.keys_at_page(), receipt, (profile, &reply))
    }

    /// The keys that the app page judges with. What a page outside holds nobody here knows: it is taken to have fetched them.
    fn keys_at_page(&self) -> &KeyRing {
        let setup = &self.scene.setup;
        let is_outside = |party| setup.seats.is_outside(party, setup.is_hosted());
        if is_outside(Party::AppPage) && !is_outside(Party::Marketplace) {
            return self.marketplace.ring();
        }
        self.app_page.keys()
    }

    /// What no message may carry: the payment secret and the store's own. Drawn anew from the seed, as at the beginning.
    #[must_use]
    pub fn secrets(&self) -> Secrets {
        let draw = |purpose| Chance::new(self.scene.setup.seed, purpose).bytes();
        let own = self.scene.setup.names.app.secret.as_ref().map_or("", |own| own.expose());
        Secrets::new(&[
            ("the secret that signs pay requests", &draw(stream::PAYMENT_KEY)),
            ("the app's own secret", own.as_bytes()),
            ("the secret that hides the buyer's identity", &draw(stream::STORE_IDS)),
            ("the store's own private key", &draw(stream::STORE_KEYS)),
        ])
    }

    /// Who and what there is.
    #[must_use]
    pub fn catalog(&self) -> &Catalog {
        &self.scene.catalog
    }

    /// The true time.
    #[must_use]
    pub fn now(&self) -> Time {
        self.scene.now
    }

    /// What this party's clock shows.
    #[must_use]
    pub fn clock_of(&self, party: Party) -> Time {
        self.scene.clock_of(party)
    }

    /// When the next thing will happen by itself.
    #[must_use]
    pub fn next_due(&self) -> Option<Time> {
        self.wire.next_due()
    }

    /// Whether nothing will happen by itself any more, and nothing is held back either.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.wire.is_empty() && self.faults.held().is_empty()
    }

    /// What shall go wrong: every armed fault with its live counts, and the messages that are held.
    #[must_use]
    pub fn faults(&self) -> &FaultDesk {
        &self.faults
    }

    /// What is on its way.
    #[must_use]
    pub fn wire(&self) -> &Wire {
        &self.wire
    }

    /// Our requests to servers outside that nobody has answered yet, oldest first.
    pub fn errands(&self) -> impl Iterator<Item = &Arc<Message>> {
        self.errands.iter()
    }

    /// Whether this message goes to a program outside: for the stage it ends when it is delivered.
    #[must_use]
    pub fn leaves_the_stage(&self, message: &Message) -> bool {
        let setup = self.setup();
        message.crossing == Some(Crossing::Out) || setup.seats.is_outside(message.to, setup.is_hosted())
    }

    /// The human who pays.
    #[must_use]
    pub fn buyer(&self) -> &Buyer {
        &self.buyer
    }

    /// The app in the browser.
    #[must_use]
    pub fn app_page(&self) -> &AppPage {
        &self.app_page
    }

    /// The user agent.
    #[must_use]
    pub fn device(&self) -> &Device {
        &self.device
    }

    /// The app's server, or in hosted mode the marketplace's payment server.
    #[must_use]
    pub fn app_server(&self) -> &AppServer {
        &self.app_server
    }

    /// The store.
    #[must_use]
    pub fn marketplace(&self) -> &Marketplace {
        &self.marketplace
    }

    /// Who moves the money.
    #[must_use]
    pub fn provider(&self) -> &Provider {
        &self.provider
    }

    /// The app is opened for the first time and obtains the keys (D14 says which it ends up with).
    fn start(&mut self, events: &mut Vec<Event>) {
        self.at_faults(events, FaultDesk::begin_all);
        if self.setup().seats.app_page == Seat::External {
            return;
        }
        self.act(events, |world, out| world.app_page.fetch_keys(&world.scene, out));
        self.act(events, |world, out| world.app_page.begin(&world.scene, out));
        match self.scene.setup.app_keys {
            AppKeys::FetchedBeforehand | AppKeys::IssuerUnknown => {}
            AppKeys::Stale => self.act(events, |world, out| world.marketplace.rotate_key(&world.scene, out)),
            AppKeys::Rotated => {
                self.act(events, |world, out| world.marketplace.rotate_key(&world.scene, out));
                self.act(events, |world, out| world.app_page.fetch_keys(&world.scene, out));
            }
        }
    }

    /// Delivers the next arrow with the brief answers that come back at the same instant.
    ///
    /// Where messages take time, a step runs on until an arrow arrives. Where they take none, as in live runs, it never leaves the
    /// moment of what is due next: a clock that follows the outside must not run ahead of it.
    fn step(&mut self, events: &mut Vec<Event>) {
        let Some(first) = self.wire.next_due() else {
            return events.push(Event::CommandIgnored { why: "Nothing is on its way" });
        };
        let is_prompt = self.setup().latency <= Span::from_millis(0);
        while let Some(next) = self.wire.next_due() {
            if is_prompt && next > first.max(self.scene.now) {
                break;
            }
            let Some((due, what)) = self.wire.pop() else { break };
            self.scene.now = self.scene.now.max(due);
            match what {
                Due::Reminder(reminder) => {
                    self.remember(reminder, events);
                    // The app's looking again has no end: a step goes no further for its sake.
                    if self.wire.is_empty() {
                        break;
                    }
                }
                Due::Arrival(message) => {
                    self.deliver(&message, events);
                    if !self.wire.brief_answer_is_due(self.scene.now) {
                        return;
                    }
                }
            }
        }
        if events.is_empty() {
            events.push(Event::Waited { until: self.scene.now });
        }
    }

    /// Lets time pass, but never past something that is due.
    fn wait(&mut self, span: Span, events: &mut Vec<Event>) {
        let wanted = self.scene.now + span.max(Span::from_millis(0));
        let until = self.wire.next_due().map_or(wanted, |due| wanted.min(due)).max(self.scene.now);
        self.scene.now = until;
        events.push(Event::Waited { until });
    }

    /// Lets a party begin something, then delivers the arrow that it sent: what a person does is seen at once.
    fn act(&mut self, events: &mut Vec<Event>, begin: impl FnOnce(&mut Self, &mut Outbox<'_>)) {
        let (sent, told) = (self.wire.sent_count(), events.len());
        self.prepare(events, begin);
        if self.wire.sent_count() == sent {
            return;
        }
        // A fault may have let it wait, or come to nothing.
        if let Some(message) = self.take_punctual(MessageId(sent), events.get(told..).unwrap_or_default()) {
            self.scene.now = self.scene.now.max(message.due);
            self.deliver(&message, events);
        }
        while self.wire.brief_answer_is_due(self.scene.now) {
            let Some((_, Due::Arrival(answer))) = self.wire.pop() else { return };
            self.deliver(&answer, events);
        }
    }

    /// As [`act`](Self::act), for what begins at the simulated app page.
    fn at_page(&mut self, events: &mut Vec<Event>, begin: impl FnOnce(&mut Self, &mut Outbox<'_>)) {
        if self.setup().seats.app_page == Seat::External {
            return events.push(Event::CommandIgnored { why: "The app page sits outside in this run: act there" });
        }
        self.act(events, begin);
    }

    /// Takes a message off its way if it is still due when its sender meant it to be.
    fn take_punctual(&mut self, id: MessageId, events: &[Event]) -> Option<Arc<Message>> {
        let sent = events.iter().find_map(|event| match_sent(event, id))?;
        let is_punctual = self.wire.find(id).is_some_and(|message| message.due == sent.due);
        if is_punctual { self.wire.take(id) } else { None }
    }

    /// Lets a party do something that sends nothing by itself.
    fn prepare(&mut self, events: &mut Vec<Event>, begin: impl FnOnce(&mut Self, &mut Outbox<'_>)) {
        let sent = self.wire.sent_count();
        let mut wire = std::mem::take(&mut self.wire);
        begin(self, &mut Outbox::new(self.scene.now, &mut wire, events));
        self.wire = wire;
        self.spoil_since(sent, events);
    }

    fn deliver(&mut self, message: &Arc<Message>, events: &mut Vec<Event>) {
        events.push(Event::Delivered { message: Arc::clone(message) });
        let is_leaving = self.leaves_the_stage(message);
        let sent = self.wire.sent_count();
        let out = &mut Outbox::new(self.scene.now, &mut self.wire, events);
        // The payment page lives on the device: when it ends there, the buyer sees it go.
        if let (Body::WindowEnded { .. }, Some(opening)) = (&message.body, message.answers) {
            self.buyer.lose_window(opening, out);
        }
        if is_leaving {
            self.errands.note(message);
        } else {
            self.hear(message, events);
        }
        self.at_faults(events, |faults, reach| faults.has_arrived(message.id, reach));
        self.spoil_since(sent, events);
    }

    /// Lets the party hear what arrived for it.
    fn hear(&mut self, message: &Arc<Message>, events: &mut Vec<Event>) {
        let out = &mut Outbox::new(self.scene.now, &mut self.wire, events);
        match message.to {
            Party::Buyer => self.buyer.handle(message, out),
            Party::AppPage => self.app_page.handle(&self.scene, message, out),
            Party::Device => self.device.handle(message, out),
            Party::AppServer => self.app_server.handle(&self.scene, message, out),
            Party::Marketplace => self.marketplace.handle(&self.scene, message, out),
            Party::Provider => {
                let is_covered = |transaction: &TransactionId| self.buyer.can_pay(transaction);
                self.provider.handle(&self.scene, message, &is_covered, out);
            }
        }
    }

    fn remember(&mut self, reminder: Reminder, events: &mut Vec<Event>) {
        let sent = self.wire.sent_count();
        let out = &mut Outbox::new(self.scene.now, &mut self.wire, events);
        match reminder {
            Reminder::Poll { transaction } => self.app_page.poll(&self.scene, &transaction, out),
            Reminder::CheckAgain => self.app_page.check_hourly(&self.scene, out),
            Reminder::Decide { transaction } => self.buyer.decide(&self.scene, &transaction, out),
            Reminder::AnswerOverdue { message } => self.app_page.overdue(&self.scene, message, out),
            Reminder::FaultEnds { fault } => self.at_faults(events, |faults, reach| faults.disarm(fault, reach)),
            Reminder::ChargeBack { transaction } => self.provider.charge_back(&transaction, out),
            Reminder::Settle { transaction } => self.provider.settle(&transaction, out),
            Reminder::AnswerNotice { notice, status, body } => self.app_server.answer_late(notice, status, body, out),
            Reminder::NoticeOverdue { transaction, kind, message, .. } => {
                self.marketplace.notice_overdue(&transaction, kind, message, out);
            }
            Reminder::NoticeAgain { transaction, kind } => {
                self.marketplace.post_again(&self.scene, &transaction, kind, out);
            }
            Reminder::WindowExpires { transaction } => self.marketplace.window_expires(&transaction, out),
        }
        self.spoil_since(sent, events);
    }

    /// Lets the armed faults look at everything that was sent since `before`.
    fn spoil_since(&mut self, before: u32, events: &mut Vec<Event>) {
        if self.faults.is_quiet() {
            return;
        }
        for id in before..self.wire.sent_count() {
            self.at_faults(events, |faults, reach| faults.look_at(MessageId(id), reach));
        }
    }

    /// Lets the fault desk work on the wire.
    fn at_faults(&mut self, events: &mut Vec<Event>, work: impl FnOnce(&mut FaultDesk, &mut Reach<'_>)) {
        let Self { scene, wire, faults, app_server, marketplace, device, .. } = self;
        work(faults, &mut Reach { now: scene.now, scene, wire, events, app_server, marketplace, device });
    }

    fn plant(&mut self, product: &ProductId, kind: &Planted, events: &mut Vec<Event>) {
        let forger = &mut Chance::new(self.scene.setup.seed, stream::FORGER);
        match forge::receipt(&self.scene, &mut self.marketplace, forger, product, kind) {
            None => events.push(Event::CommandIgnored { why: "There is no genuine receipt yet that could be edited" }),
            Some(receipt) => {
                let (product, kind, receipt) = (product.clone(), kind.clone(), receipt);
                let body = Body::ReceiptPlanted { product, kind, receipt };
                self.act(events, |_, out| {
                    out.send(Party::Buyer, Party::Device, body);
                });
            }
        }
    }

    /// Takes what a program outside said, no earlier than `at` and never past something that is due.
    fn receive(&mut self, at: Time, input: &Input, events: &mut Vec<Event>) {
        let until = self.wire.next_due().map_or(at, |due| at.min(due));
        self.scene.now = self.scene.now.max(until);
        if let Input::Answer { message, .. } | Input::NoAnswer { message, .. } = input {
            return match self.errands.take(MessageId(*message)) {
                None => events.push(Event::CommandIgnored { why: "No message of ours waits for this answer" }),
                Some(question) => match outside::answer(&question.body, input) {
                    None => events
                        .push(Event::CommandIgnored { why: "The page is loaded; its own server says what follows" }),
                    Some(answer) => self.act(events, |_, out| {
                        out.hear_answer(&question, answer);
                    }),
                },
            };
        }
        let arrow = outside::arrow(input, &self.buyer, &self.app_server);
        match arrow.and_then(|arrow| self.admitted(arrow)) {
            Err(why) => events.push(Event::CommandIgnored { why }),
            Ok(Arrow { from, to, body }) => self.act(events, |world, out| {
                world.buyer.hear_page(&body, out);
                let message = out.hear(from, to, body);
                if let Input::OpenWindow { buyer: Some(character), .. } = input {
                    world.buyer.play_at(message, *character);
                }
            }),
        }
    }

    /// Whether there is somebody on the stage who can take this, and whose it is to take.
    fn admitted(&self, arrow: Arrow) -> Result<Arrow, &'static str> {
        let setup = self.setup();
        if setup.seats.is_outside(arrow.to, setup.is_hosted()) {
            return Err("Whoever should hear this sits outside in this run");
        }
        if matches!(arrow.body, Body::NoticeSent { .. }) && !setup.is_hosted() {
            return Err("The store takes notices of hosted payments only; this app has a server of its own");
        }
        if let Body::WindowAbandoned { opening } = arrow.body
            && self.device.has_window(opening)
        {
            return Err("This payment window is on the simulated device");
        }
        Ok(arrow)
    }

    fn skew(&mut self, party: Party, ahead: Span, events: &mut Vec<Event>) {
        if ahead == Span::from_millis(0) {
            self.scene.setup.skew.remove(&party);
        } else {
            self.scene.setup.skew.insert(party, ahead);
        }
        events.push(Event::ClockSkewed { party, ahead });
    }
}

/// The message, if this is its departure.
fn match_sent(event: &Event, id: MessageId) -> Option<&Arc<Message>> {
    if let Event::Sent { message } = event { Some(message).filter(|message| message.id == id) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_no_secret_of_any_party() {
        let mut world = World::new(Setup::default());
        world.handle(&Command::Start);
        world.handle(&Command::Buy { product: ProductId::well_known("shiny-pony") });
        while !world.is_idle() {
            world.handle(&Command::Step);
        }
        let shown = format!("{world:?}");
        let drawn = [stream::PAYMENT_KEY, stream::STORE_KEYS, stream::STORE_IDS]
            .map(|purpose| Chance::new(42, purpose).bytes());
        for secret in drawn {
            let listed = format!("{secret:?}");
            let hex = secret.iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
            assert!(!shown.contains(listed.trim_matches(['[', ']'])) && !shown.to_lowercase().contains(&hex));
        }
        assert!(shown.contains("Marketplace"), "something is shown");
    }
}
