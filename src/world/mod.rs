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
pub mod carried;
pub(crate) mod reply;
pub mod fault;
pub mod command;
pub mod http_form;
pub mod wire_form;
pub mod event;
pub mod wire;
pub(crate) mod open_windows;
pub(crate) mod scene;
pub(crate) mod escapes;
pub(crate) mod key_pieces;
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
mod cast;

use std::sync::Arc;

use crate::protocol::dial::Profile;
use crate::protocol::id::ProductId;
use crate::protocol::ring::KeyRing;
use crate::protocol::signing_key::SigningKey;
use crate::protocol::store_answer::StoreReply;
use crate::protocol::time::{Span, Time};
use crate::protocol::verdict::check::CheckSet;
use crate::protocol::verdict::ladder::Verdict;
use crate::world::app_page::AppPage;
use crate::world::app_server::AppServer;
use crate::world::buyer::Buyer;
use crate::world::cast::Cast;
use crate::world::catalog::Catalog;
use crate::world::chance::Chance;
use crate::world::command::Command;
use crate::world::device::Device;
use crate::world::event::Event;
use crate::world::fault::armed::Fault;
use crate::world::fault::desk::FaultDesk;
use crate::world::input::Input;
use crate::world::marketplace::Marketplace;
use crate::world::message::{Body, Message, MessageId};
use crate::world::outside::{Arrow, Errands};
use crate::world::party::Party;
use crate::world::planted::Planted;
use crate::world::provider::Provider;
use crate::world::scene::Scene;
use crate::world::seat::Seat;
use crate::world::secret::Secrets;
use crate::world::setup::{AppKeys, Setup};
use crate::world::wire::Wire;

/// The whole stage as one value: parties, wire, clock. Cloning it is taking a snapshot.
#[derive(Clone, Debug)]
pub struct World {
    cast: Cast,
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
        let cast = Cast {
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
        };
        Self { cast }
    }

    /// The same stage before its first command, with these faults armed as well: what `new` makes of a set-up that names them last.
    #[must_use]
    pub fn with_faults(&self, faults: &[Fault]) -> Self {
        let mut cast = self.cast.clone();
        cast.scene.setup.faults.extend_from_slice(faults);
        cast.faults = FaultDesk::new(&cast.scene.setup.faults, cast.scene.now);
        Self { cast }
    }

    /// Carries out one command and gives back what happened. Never fails: what cannot be done is an event that says why.
    pub fn handle(&mut self, command: &Command) -> Vec<Event> {
        let mut events = Vec::with_capacity(4);
        match command {
            Command::Start => self.start(&mut events),
            Command::Step => self.cast.step(&mut events),
            Command::Wait { span } => self.cast.wait(*span, &mut events),
            Command::Buy { product } => self.cast.at_page(&mut events, |_, out| Buyer::click_buy(product, out)),
            Command::Confirm { pin } => self.cast.act(&mut events, |cast, out| cast.buyer.confirm(pin, out)),
            Command::Cancel => self.cast.act(&mut events, |cast, out| cast.buyer.cancel(out)),
            Command::CloseWindow => self.cast.act(&mut events, |cast, out| cast.buyer.close_window(out)),
            Command::ChangeBuyer { character } => {
                self.cast.prepare(&mut events, |cast, out| cast.buyer.change(*character, out));
            }
            Command::Refund { transaction } => {
                self.cast.act(&mut events, |cast, out| cast.marketplace.refund(transaction, out));
            }
            Command::ChargeBack { transaction } => {
                self.cast.act(&mut events, |cast, out| cast.provider.charge_back(transaction, out));
            }
            Command::OpenHistory => self.cast.act(&mut events, |_, out| Buyer::open_history(out)),
            Command::GetReceipt { transaction } => {
                self.cast.act(&mut events, |_, out| Buyer::request_receipt(transaction, out));
            }
            Command::VerifyAgain { product } => {
                self.cast.at_page(&mut events, |cast, out| cast.app_page.verify_again(&cast.scene, product, out));
            }
            Command::Reopen => self.cast.at_page(&mut events, |cast, out| cast.app_page.reopen(&cast.scene, out)),
            Command::Reissue { product } => {
                self.cast.at_page(&mut events, |cast, out| cast.app_page.reissue(&cast.scene, product, out));
            }
            Command::RotateKey => self.cast.act(&mut events, |cast, out| cast.marketplace.rotate_key(&cast.scene, out)),
            Command::FetchKeys => {
                self.cast.at_page(&mut events, |cast, out| cast.app_page.fetch_keys(&cast.scene, out));
            }
            Command::Plant { product, receipt } => self.plant(product, receipt, &mut events),
            Command::Skew { party, ahead } => self.skew(*party, *ahead, &mut events),
            Command::Arm { fault } => self.cast.at_faults(&mut events, |faults, reach| faults.arm(fault, reach)),
            Command::Disarm { fault } => self.cast.at_faults(&mut events, |faults, reach| faults.disarm(*fault, reach)),
            Command::ClearFaults => self.cast.at_faults(&mut events, FaultDesk::clear),
            Command::Release { message } => {
                self.cast.at_faults(&mut events, |faults, reach| faults.release(*message, reach));
            }
            Command::Receive { at, input } => self.receive(*at, input, &mut events),
        }
        events
    }

    /// The set-up as it stands; a skew that was changed by command shows here.
    #[must_use]
    pub fn setup(&self) -> &Setup {
        &self.cast.scene.setup
    }

    /// What the app would say of this receipt now, without these checks and without asking the store. Changes nothing.
    #[must_use]
    pub fn judged(&self, receipt: &str, off: CheckSet) -> Verdict {
        AppPage::judged(&self.cast.scene, self.keys_at_page(), receipt, off)
    }

    /// What an app with this profile would say of this receipt now, all checks made and the store asked. Changes nothing.
    #[must_use]
    pub fn judged_as(&self, receipt: &str, profile: Profile) -> Verdict {
        let reply = StoreReply::Answer(self.cast.marketplace.answer_for(&self.cast.scene, receipt));
        AppPage::judged_as(&self.cast.scene, self.keys_at_page(), receipt, (profile, &reply))
    }

    /// The keys that the app page judges with. What a page outside holds nobody here knows: it is taken to have fetched them.
    fn keys_at_page(&self) -> &KeyRing {
        let setup = &self.cast.scene.setup;
        let is_outside = |party| setup.seats.is_outside(party, setup.is_hosted());
        if is_outside(Party::AppPage) && !is_outside(Party::Marketplace) {
            return self.cast.marketplace.ring();
        }
        self.cast.app_page.keys()
    }

    /// What no message may carry: every secret that signed a pay request so far, and the store's own.
    #[must_use]
    pub fn secrets(&self) -> Secrets {
        let setup = &self.cast.scene.setup;
        let own = setup.names.app.secret.as_ref().map(|own| own.expose().as_bytes().to_vec());
        let hides = Chance::new(setup.seed, stream::STORE_IDS).bytes().to_vec();
        let named = |name| move |secret| (name, secret);
        let fixed = own.map(named("the app's own secret")).into_iter();
        let buys = domain_check::drawn_key(setup.seed).to_vec();
        let fixed = fixed.chain([
            ("the secret that hides the buyer's identity", hides),
            ("the key of the app's own buy requests", buys),
        ]);
        let keys = self.private_keys().filter_map(|(name, key)| Some((name, key.secret()?)));
        let halves = self.private_keys().filter_map(|(name, key)| Some((name, key.private_half()?)));
        Secrets::new(fixed.chain(keys)).with_private_halves(halves)
    }

    /// How many secrets there are by now. None is ever forgotten, so the list is another one as soon as this is.
    pub(crate) fn secret_count(&self) -> usize {
        self.private_keys().count()
    }

    fn private_keys(&self) -> impl Iterator<Item = (&'static str, &SigningKey)> {
        let payment = self.cast.app_server.secrets().map(|key| ("the secret that signs pay requests", key));
        payment.chain(self.cast.marketplace.private_keys().map(|key| ("the store's own private key", key)))
    }

    /// Who and what there is.
    #[must_use]
    pub fn catalog(&self) -> &Catalog {
        &self.cast.scene.catalog
    }

    /// The true time.
    #[must_use]
    pub fn now(&self) -> Time {
        self.cast.scene.now
    }

    /// What this party's clock shows.
    #[must_use]
    pub fn clock_of(&self, party: Party) -> Time {
        self.cast.scene.clock_of(party)
    }

    /// When the next thing will happen by itself.
    #[must_use]
    pub fn next_due(&self) -> Option<Time> {
        self.cast.wire.next_due()
    }

    /// Whether nothing will happen by itself any more, and nothing is held back either.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.cast.wire.is_empty() && self.cast.faults.held().is_empty()
    }

    /// What shall go wrong: every armed fault with its live counts, and the messages that are held.
    #[must_use]
    pub fn faults(&self) -> &FaultDesk {
        &self.cast.faults
    }

    /// What is on its way.
    #[must_use]
    pub fn wire(&self) -> &Wire {
        &self.cast.wire
    }

    /// Our requests to servers outside that nobody has answered yet, oldest first.
    pub fn errands(&self) -> impl Iterator<Item = &Arc<Message>> {
        self.cast.errands.iter()
    }

    /// Whether this message goes to a program outside: for the stage it ends when it is delivered.
    #[must_use]
    pub fn leaves_the_stage(&self, message: &Message) -> bool {
        self.cast.leaves_the_stage(message)
    }

    /// The human who pays.
    #[must_use]
    pub fn buyer(&self) -> &Buyer {
        &self.cast.buyer
    }

    /// The app in the browser.
    #[must_use]
    pub fn app_page(&self) -> &AppPage {
        &self.cast.app_page
    }

    /// The user agent.
    #[must_use]
    pub fn device(&self) -> &Device {
        &self.cast.device
    }

    /// The app's server, or in hosted mode the marketplace's payment server.
    #[must_use]
    pub fn app_server(&self) -> &AppServer {
        &self.cast.app_server
    }

    /// The store.
    #[must_use]
    pub fn marketplace(&self) -> &Marketplace {
        &self.cast.marketplace
    }

    /// Who moves the money.
    #[must_use]
    pub fn provider(&self) -> &Provider {
        &self.cast.provider
    }

    /// The app is opened for the first time and obtains the keys (D14 says which it ends up with).
    fn start(&mut self, events: &mut Vec<Event>) {
        self.cast.at_faults(events, FaultDesk::begin_all);
        if self.setup().seats.app_page == Seat::External {
            return;
        }
        self.cast.act(events, |cast, out| cast.app_page.fetch_keys(&cast.scene, out));
        self.cast.act(events, |cast, out| cast.app_page.begin(&cast.scene, out));
        match self.cast.scene.setup.app_keys {
            AppKeys::FetchedBeforehand | AppKeys::IssuerUnknown => {}
            AppKeys::Stale => self.cast.act(events, |cast, out| cast.marketplace.rotate_key(&cast.scene, out)),
            AppKeys::Rotated => {
                self.cast.act(events, |cast, out| cast.marketplace.rotate_key(&cast.scene, out));
                self.cast.act(events, |cast, out| cast.app_page.fetch_keys(&cast.scene, out));
            }
        }
    }

    fn plant(&mut self, product: &ProductId, kind: &Planted, events: &mut Vec<Event>) {
        let forger = &mut Chance::new(self.cast.scene.setup.seed, stream::FORGER);
        match forge::receipt(&self.cast.scene, &mut self.cast.marketplace, forger, product, kind) {
            None => events.push(Event::CommandIgnored { why: "There is no genuine receipt yet that could be edited" }),
            Some(receipt) => {
                let (product, kind, receipt) = (product.clone(), kind.clone(), receipt);
                let body = Body::ReceiptPlanted { product, kind, receipt };
                self.cast.act(events, |_, out| {
                    out.send(Party::Buyer, Party::Device, body);
                });
            }
        }
    }

    /// Takes what a program outside said, no earlier than `at` and never past something that is due.
    fn receive(&mut self, at: Time, input: &Input, events: &mut Vec<Event>) {
        let until = self.cast.wire.next_due().map_or(at, |due| at.min(due));
        self.cast.scene.now = self.cast.scene.now.max(until);
        if let Input::Answer { message, .. } | Input::NoAnswer { message, .. } = input {
            return match self.cast.errands.take(MessageId(*message)) {
                None => events.push(Event::CommandIgnored { why: "No message of ours waits for this answer" }),
                Some(question) => match outside::answer(&question.body, input) {
                    None => events
                        .push(Event::CommandIgnored { why: "The page is loaded; its own server says what follows" }),
                    Some(answer) => self.cast.act(events, |_, out| {
                        out.hear_answer(&question, answer);
                    }),
                },
            };
        }
        let arrow = outside::arrow(input, &self.cast.buyer, &self.cast.app_server);
        match arrow.and_then(|arrow| self.admitted(arrow)) {
            Err(why) => events.push(Event::CommandIgnored { why }),
            Ok(Arrow { from, to, body }) => self.cast.act(events, |cast, out| {
                cast.buyer.hear_page(&body, out);
                let message = out.hear(from, to, body);
                if let Input::OpenWindow { buyer: Some(character), .. } = input {
                    cast.buyer.play_at(message, *character);
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
            && self.cast.device.has_window(opening)
        {
            return Err("This payment window is on the simulated device");
        }
        Ok(arrow)
    }

    fn skew(&mut self, party: Party, ahead: Span, events: &mut Vec<Event>) {
        if ahead == Span::from_millis(0) {
            self.cast.scene.setup.skew.remove(&party);
        } else {
            self.cast.scene.setup.skew.insert(party, ahead);
        }
        events.push(Event::ClockSkewed { party, ahead });
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::prelude::BASE64_URL_SAFE_NO_PAD;

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

    #[test]
    fn the_key_drawn_for_buy_requests_is_among_the_secrets_of_its_run_and_of_no_other() {
        let is_found = |seed| {
            let world = World::new(Setup { seed: 7, ..Setup::default() });
            world.secrets().found_in(&BASE64_URL_SAFE_NO_PAD.encode(domain_check::drawn_key(seed))).is_some()
        };
        assert_eq!((is_found(7), is_found(8)), (true, false));
    }
}
