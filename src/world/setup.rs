//! Set-up: what is fixed about a run before its first command. With the commands it is the whole run.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Unexpected, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use crate::protocol::client_rules::ClientRules;
use crate::protocol::dial::{
    AccountMatch, AppClient, CheckWhen, DomainCheck, Hosting, IdentityMode, Profile, SigningMode, VerifyPolicy,
};
use crate::protocol::notice_receiver::NoticeReceiver;
use crate::protocol::rules::{Revision, Rules};
use crate::protocol::time::{Span, Time};
use crate::protocol::verdict::check::CheckSet;
use crate::world::character::{BuyerCharacter, ProviderCharacter, ServerCharacter};
use crate::world::fault::armed::Fault;
use crate::world::guard::GuardSet;
use crate::world::names::Names;
use crate::world::party::Party;
use crate::world::platform::{ClientOptions, Platform};
use crate::world::seat::{Seat, SeatError, Seats};

/// How long a message takes where nobody says otherwise.
const LATENCY: Span = Span::from_millis(40);

/// The dials of a run. Every field has the default of the design; a file names only what differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Setup {
    /// The one source of chance: ids, keys, GUIDs.
    pub seed: u64,
    /// What the true clock shows when the run begins. Written in milliseconds, read also as people write a moment.
    #[serde(deserialize_with = "moment")]
    pub start: Time,
    /// D1: whose rules hold.
    pub revision: Revision,
    /// D2: who signs pay requests and takes notices.
    pub hosting: Hosting,
    /// D3: who the receipt says bought it; `None` follows the revision.
    pub identity: Option<IdentityMode>,
    /// D3, where the page is silent: a reissued or repeated receipt of one transaction keeps its GUID.
    pub is_guid_kept: bool,
    /// D4: how the payment server makes sure that a buy request comes from the app.
    pub domain_check: DomainCheck,
    /// D5: what the app asks besides the signature; `None` follows the client, then the revision.
    pub verify_policy: Option<VerifyPolicy>,
    /// D5: when the app looks at its receipts.
    pub check_when: CheckWhen,
    /// D6: whose checks the app makes; `None` follows the client, then the revision.
    pub profile: Option<Profile>,
    /// D6: whose checks the app's server makes when a notice comes.
    pub notice_receiver: NoticeReceiver,
    /// D7: how receipts are signed; `None` follows the revision.
    pub signing: Option<SigningMode>,
    /// Who plays the parties: this world, or a program outside.
    pub seats: Seats,
    /// What the store and the app are called, and where they are.
    pub names: Names,
    /// How long a message takes. Zero in live runs: what is due flows at once.
    pub latency: Span,
    /// D8: how the app polls.
    pub polling: Polling,
    /// D10: how long a receipt lives.
    pub receipt_life: Span,
    /// D10: how far each party's clock is ahead of the true time. A clock that is right does not stand here.
    #[serde(deserialize_with = "wrong_clocks")]
    pub skew: BTreeMap<Party, Span>,
    /// D11: whose account a payment belongs to.
    pub account: AccountMatch,
    /// D12: which client the app is written with.
    pub client: AppClient,
    /// D12: what its developer told a historic client.
    pub client_options: ClientOptions,
    /// What the device under the app can do.
    pub device: Platform,
    /// D13: who holds the receipt up.
    pub presenter: PresenterChoice,
    /// D14: which keys the app holds.
    pub app_keys: AppKeys,
    /// How the buyer behaves.
    pub buyer: BuyerCharacter,
    /// How the provider behaves.
    pub provider: ProviderCharacter,
    /// How the app server answers notices.
    pub app_server: ServerCharacter,
    /// What shall go wrong, armed before the first command.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub faults: Vec<Fault>,
    /// Checks of the ladder that the app leaves out.
    pub checks_off: CheckSet,
    /// Guards that the servers leave out.
    pub guards_off: GuardSet,
}

/// How the app polls for completion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Polling {
    /// Time between two polls; the first follows `mozPay` by as much.
    pub interval: Span,
    /// How many polls before the app gives up.
    pub tries: u32,
    /// Whether the time between two polls grows.
    pub back_off: BackOff,
}

dial! {
    /// D8: whether an app that polls becomes more patient.
    BackOff {
        Steady = "steady", "Steady", "Every poll comes as long after the last as the first one came";
        Doubling = "doubling", "Doubling", "Each wait is twice as long as the one before: ten polls at 1 s last 17 minutes";
    }
}

impl Polling {
    /// How long the app waits before the next poll, after so many of them.
    #[must_use]
    pub fn pause_after(&self, polls: u32) -> Span {
        Span::from_millis(self.interval.millis().saturating_mul(self.back_off.factor(polls)))
    }

    /// How long the app polls before it gives up.
    #[must_use]
    pub fn patience(&self) -> Span {
        let pauses = match self.back_off {
            BackOff::Steady => i64::from(self.tries),
            BackOff::Doubling => self.back_off.factor(self.tries).saturating_sub(1),
        };
        Span::from_millis(self.interval.millis().saturating_mul(pauses))
    }
}

impl BackOff {
    /// How many intervals the wait after so many polls lasts.
    fn factor(self, polls: u32) -> i64 {
        match self {
            Self::Steady => 1,
            Self::Doubling => 1_i64.checked_shl(polls).filter(|factor| *factor > 0).unwrap_or(i64::MAX),
        }
    }
}

dial! {
    /// D13: who presents a receipt to the app.
    PresenterChoice {
        Buyer = "buyer", "The buyer, signed in", "Whoever paid opens the app, and an identity provider vouches for them";
        BuyerWithoutAssertion = "buyer-without-assertion", "The buyer, not signed in", "Whoever paid opens the app, and nobody vouches for who they are";
        OtherUser = "other-user", "A friend, signed in", "Somebody else holds the buyer's receipt, and says truly who they are";
        OtherUserWithoutAssertion = "other-user-without-assertion", "A friend, not signed in", "Somebody else holds the buyer's receipt, and nobody asks who they are";
    }
}

dial! {
    /// D14: which of the store's keys the app holds.
    AppKeys {
        FetchedBeforehand = "fetched-beforehand", "Fetched beforehand", "The app asks the store for its keys at its first start, long before any receipt";
        Stale = "stale", "Stale", "The app holds an old copy: the store has changed its key since";
        IssuerUnknown = "issuer-unknown", "Issuer unknown", "The app holds no key of this store at all";
        Rotated = "rotated", "Rotated, fetched again", "The store changed its key before the purchase, and the app has fetched the new one";
    }
}

/// A moment as it stands in a file: milliseconds since 1970, or RFC 3339.
fn moment<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Time, D::Error> {
    struct Written;

    impl Visitor<'_> for Written {
        type Value = Time;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("milliseconds since 1970, or a moment such as \"2026-11-22T10:04:00Z\"")
        }

        fn visit_i64<E: serde::de::Error>(self, millis: i64) -> Result<Time, E> {
            Ok(Time::from_millis(millis))
        }

        fn visit_u64<E: serde::de::Error>(self, millis: u64) -> Result<Time, E> {
            let wrong = |_| E::invalid_value(Unexpected::Unsigned(millis), &self);
            i64::try_from(millis).map(Time::from_millis).map_err(wrong)
        }

        fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Time, E> {
            Time::parse_rfc3339(text).map_err(|_| E::invalid_value(Unexpected::Str(text), &self))
        }
    }
    deserializer.deserialize_any(Written)
}

/// A file may say that a clock is right; that is the same as saying nothing.
fn wrong_clocks<'de, D: Deserializer<'de>>(input: D) -> Result<BTreeMap<Party, Span>, D::Error> {
    let mut clocks = BTreeMap::<Party, Span>::deserialize(input)?;
    clocks.retain(|_, ahead| *ahead != Span::ZERO);
    Ok(clocks)
}

impl Default for Polling {
    fn default() -> Self {
        Self { interval: Span::from_seconds(1), tries: 10, back_off: BackOff::Steady }
    }
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            seed: 42,
            start: Time::from_seconds(1_795_341_840), // 22 Nov 2026 10:04:00 UTC
            revision: Revision::After,
            hosting: Hosting::Hosted,
            identity: None,
            is_guid_kept: true,
            domain_check: DomainCheck::None,
            verify_policy: None,
            check_when: CheckWhen::AtInstall,
            profile: None,
            notice_receiver: NoticeReceiver::Strict,
            signing: None,
            seats: Seats::default(),
            names: Names::default(),
            latency: LATENCY,
            polling: Polling::default(),
            receipt_life: Span::from_days(182),
            skew: BTreeMap::new(),
            account: AccountMatch::SamePersona,
            client: AppClient::Own,
            client_options: ClientOptions::default(),
            device: Platform::default(),
            presenter: PresenterChoice::Buyer,
            app_keys: AppKeys::FetchedBeforehand,
            buyer: BuyerCharacter::PaysAtOnce,
            provider: ProviderCharacter::Charges,
            app_server: ServerCharacter::AnswersRightly,
            faults: Vec::new(),
            checks_off: CheckSet::default(),
            guards_off: GuardSet::default(),
        }
    }
}

impl Setup {
    /// The rules of the chosen date.
    #[must_use]
    pub fn rules(&self) -> &'static Rules {
        Rules::of(self.revision)
    }

    /// The identity mode in force: chosen, or the revision's.
    #[must_use]
    pub fn identity_in_force(&self) -> IdentityMode {
        self.identity.unwrap_or(self.rules().identity)
    }

    /// The habits of the chosen client.
    #[must_use]
    pub fn client_rules(&self) -> &'static ClientRules {
        ClientRules::of(self.client)
    }

    /// The verify policy in force: chosen, or the client's, or the revision's.
    #[must_use]
    pub fn verify_policy_in_force(&self) -> VerifyPolicy {
        self.verify_policy.or(self.client_rules().verify_policy).unwrap_or(self.rules().verify_policy)
    }

    /// The profile in force: chosen, or the client's, or the revision's.
    #[must_use]
    pub fn profile_in_force(&self) -> Profile {
        self.profile.or(self.client_rules().profile).unwrap_or(self.rules().profile)
    }

    /// The signing mode in force: chosen, or the revision's.
    #[must_use]
    pub fn signing_in_force(&self) -> SigningMode {
        self.signing.unwrap_or(self.rules().signing)
    }

    /// The set-up as JSON with the app's secret written out: for the private store of its owner and nothing else. Every other
    /// way of writing a set-up puts dots there. Reading needs no twin: `Deserialize` takes a secret and refuses the dots.
    #[must_use]
    pub fn private_json(&self) -> String {
        // Only a map with keys that are no text could fail here, and a set-up holds none.
        let mut json = serde_json::to_value(self).unwrap_or_default();
        let place = json.pointer_mut("/names/app/secret");
        if let (Some(place), Some(secret)) = (place, &self.names.app.secret) {
            *place = secret.expose().into();
        }
        json.to_string()
    }

    /// Whether programs outside can sit where this set-up has them. Every door asks before it lets a run begin; a run that is kept
    /// in a file without its secrets can be read all the same.
    ///
    /// # Errors
    /// [`SeatError`]: what is not known of such a program.
    pub fn check_seats(&self) -> Result<(), SeatError> {
        if self.seats.app_server == Seat::External && self.names.app.secret.is_none() {
            return Err(SeatError::SecretUnknown);
        }
        Ok(())
    }

    /// Whether the marketplace itself signs pay requests and takes notices.
    #[must_use]
    pub fn is_hosted(&self) -> bool {
        self.hosting == Hosting::Hosted
    }
}
