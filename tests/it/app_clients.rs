//! App clients: who buys and restores how (D12), when an app looks again (D5), and whose account a payment belongs to (D11).

use paystage::protocol::dial::{AccountMatch, AppClient, CheckWhen, IdentityMode, Profile, VerifyPolicy};
use paystage::protocol::id::ProductId;
use paystage::protocol::receipt::Receipt;
use paystage::protocol::rules::Revision;
use paystage::protocol::time::Span;
use paystage::session::control::{advance, run_until_idle};
use paystage::session::run::Session;
use paystage::session::watch::Watch;
use paystage::session::watch::law::Law;
use paystage::world::character::{BuyerCharacter, ServerCharacter};
use paystage::world::command::Command;
use paystage::world::event::Event;
use paystage::world::message::Body;
use paystage::world::platform::Platform;
use paystage::world::setup::Setup;

const HOUR: Span = Span::from_seconds(3_600);

fn pony() -> ProductId {
    ProductId::parse("shiny-pony").unwrap()
}

fn done(session: &mut Session, command: Command) {
    session.dispatch(command);
    assert!(run_until_idle(session, 1_000), "the run comes to rest");
}

fn bought(setup: Setup) -> Session {
    let mut session = Session::new(setup);
    done(&mut session, Command::Buy { product: pony() });
    session
}

fn is_open(session: &Session) -> bool {
    session.world().app_page().shelf(&pony()).is_some_and(|shelf| shelf.is_open)
}

fn events(session: &Session) -> impl Iterator<Item = &Event> {
    session.past().iter().flat_map(|step| &step.events)
}

fn arrived(session: &Session, is_it: impl Fn(&Body) -> bool) -> usize {
    events(session).filter(|event| matches!(event, Event::Delivered { message } if is_it(&message.body))).count()
}

fn looked(session: &Session) -> usize {
    arrived(session, |body| matches!(body, Body::ReceiptsAsked))
}

fn refund(session: &mut Session) {
    let transaction = session.world().marketplace().transactions()[0].id.clone();
    done(session, Command::Refund { transaction });
}

#[test]
fn a_client_brings_its_profile_and_its_policy_and_a_dial_that_is_turned_wins() {
    let of = |client, revision| {
        let setup = Setup { client, revision, ..Setup::default() };
        (setup.profile_in_force(), setup.verify_policy_in_force())
    };
    for &revision in Revision::ALL {
        assert_eq!(of(AppClient::Fxpay, revision), (Profile::Fxpay, VerifyPolicy::StoreOnly), "{revision:?}");
        assert_eq!(of(AppClient::Receiptverifier, revision).0, Profile::Receiptverifier, "{revision:?}");
    }
    assert_eq!(of(AppClient::Own, Revision::After), (Profile::Strict, VerifyPolicy::SignatureOnly));
    let turned = Setup { client: AppClient::Fxpay, profile: Some(Profile::Strict), ..Setup::default() };
    assert_eq!(turned.profile_in_force(), Profile::Strict);
}

#[test]
fn fxpay_opens_on_the_status_answer_and_the_others_look_first() {
    for &client in AppClient::ALL {
        let session = bought(Setup { client, revision: Revision::AsBuilt2015, ..Setup::default() });
        assert!(is_open(&session), "{client:?}");
        let verdict = session.world().app_page().shelf(&pony()).unwrap().verdict.clone().unwrap();
        let nobody_looked = verdict.headline() == "Nobody looked: the status answer was believed";
        assert_eq!(nobody_looked, client == AppClient::Fxpay, "{client:?}: {}", verdict.headline());
        let asked = arrived(&session, |body| matches!(body, Body::VerifyAsked { .. }));
        assert_eq!(asked > 0, client != AppClient::Fxpay, "{client:?}");
    }
}

#[test]
fn a_payment_that_came_too_late_is_taken_up_again_by_the_own_client_only() {
    for &client in AppClient::ALL {
        let buyer = BuyerCharacter::PaysAfter(Span::from_seconds(12));
        let mut session = bought(Setup { client, buyer, revision: Revision::AsBuilt2015, ..Setup::default() });
        assert!(!is_open(&session), "{client:?} gave up");
        done(&mut session, Command::Reopen);
        assert_eq!(is_open(&session), client == AppClient::Own, "{client:?}");
    }
}

#[test]
fn an_app_that_looks_again_every_hour_keeps_the_lamp_green_for_who_pays_late() {
    let lamp = |check_when| {
        let buyer = BuyerCharacter::PaysAfter(Span::from_seconds(12));
        let mut session = bought(Setup { buyer, check_when, ..Setup::default() });
        let red = Watch::over(session.setup(), session.past()).red().map(|breach| breach.law).collect::<Vec<_>>();
        advance(&mut session, HOUR);
        (red, is_open(&session))
    };
    assert_eq!(lamp(CheckWhen::AtInstall), (vec![Law::ProductAvailable], false));
    assert_eq!(lamp(CheckWhen::AtStart), (vec![Law::ProductAvailable], false));
    assert_eq!(lamp(CheckWhen::Hourly), (vec![], true));
}

#[test]
fn each_policy_looks_again_when_it_says() {
    let looks = |check_when| {
        let mut session = bought(Setup { check_when, ..Setup::default() });
        let at_install = looked(&session);
        done(&mut session, Command::Reopen);
        let at_start = looked(&session) - at_install;
        advance(&mut session, Span::from_seconds(5 * 3_600));
        (at_install, at_start, looked(&session) - at_start - at_install)
    };
    assert_eq!(looks(CheckWhen::AtInstall), (0, 0, 0));
    assert_eq!(looks(CheckWhen::AtStart), (0, 1, 0));
    assert_eq!(looks(CheckWhen::Hourly), (0, 1, 5));
}

#[test]
fn a_refund_is_noticed_at_the_next_look_and_not_before() {
    let closes = |check_when, wait: Option<Span>| {
        let verify_policy = Some(VerifyPolicy::SignatureAndStore);
        let mut session = bought(Setup { check_when, verify_policy, ..Setup::default() });
        refund(&mut session);
        assert!(is_open(&session));
        match wait {
            Some(span) => advance(&mut session, span),
            None => done(&mut session, Command::Reopen),
        }
        !is_open(&session)
    };
    assert!(!closes(CheckWhen::AtInstall, None), "what is installed stays open");
    assert!(closes(CheckWhen::AtStart, None));
    assert!(!closes(CheckWhen::AtStart, Some(HOUR)), "nobody has opened the app");
    assert!(closes(CheckWhen::Hourly, Some(HOUR)));
    assert!(!closes(CheckWhen::Hourly, Some(Span::from_seconds(1_800))), "the hour is not over");
}

#[test]
fn a_receipt_goes_to_local_storage_where_the_device_has_no_store() {
    let device = Platform { has_add_receipt: false, ..Platform::default() };
    let session = bought(Setup { device, ..Setup::default() });
    assert!(is_open(&session));
    assert_eq!(session.world().device().receipts().len(), 1);
}

fn history(session: &mut Session) -> usize {
    done(session, Command::OpenHistory);
    let listed = events(session).filter_map(|event| match event {
        Event::Delivered { message } => match &message.body {
            Body::HistoryAnswered { transactions } => Some(transactions.len()),
            _ => None,
        },
        _ => None,
    });
    listed.last().unwrap()
}

fn receipt_again(session: &mut Session) -> bool {
    let transaction = session.world().marketplace().transactions()[0].id.clone();
    done(session, Command::GetReceipt { transaction });
    arrived(session, |body| matches!(body, Body::ReceiptHandedOver { .. })) > 0
}

fn user_of(session: &Session) -> (String, String) {
    let receipt = session.world().device().receipts()[0].clone();
    let jwt = paystage::protocol::jwt::Jwt::parse(&receipt).unwrap();
    let claims = Receipt::read(jwt.unverified_claims_json().as_bytes()).unwrap();
    (claims.user.kind, claims.user.value)
}

#[test]
fn what_belongs_to_nobody_or_to_somebody_else_stands_in_no_history() {
    let of = |account| {
        let mut session = bought(Setup { account, ..Setup::default() });
        assert!(is_open(&session), "{account:?}");
        (history(&mut session), receipt_again(&mut session))
    };
    assert_eq!(of(AccountMatch::SamePersona), (1, true));
    assert_eq!(of(AccountMatch::OtherPersona), (0, false));
    assert_eq!(of(AccountMatch::NoAccount), (0, false));
    assert_eq!(of(AccountMatch::MadeAtPostback), (1, true));
}

#[test]
fn a_receipt_names_whose_account_it_is_and_nobody_where_there_is_none() {
    let of = |account| user_of(&bought(Setup { account, identity: Some(IdentityMode::Email), ..Setup::default() }));
    assert_eq!(of(AccountMatch::SamePersona), ("email".into(), "ada@example.org".into()));
    assert_eq!(of(AccountMatch::OtherPersona), ("email".into(), "bob@example.org".into()));
    assert_eq!(of(AccountMatch::NoAccount), ("directed-identifier".into(), "anonymous-user".into()));
    assert_eq!(of(AccountMatch::MadeAtPostback), ("email".into(), "ada@example.org".into()));
}

#[test]
fn before_the_privacy_changes_the_receipt_of_another_person_opens_nothing() {
    let opens = |account| is_open(&bought(Setup { account, revision: Revision::Before, ..Setup::default() }));
    assert!(opens(AccountMatch::SamePersona));
    assert!(!opens(AccountMatch::OtherPersona));
}

#[test]
fn an_account_is_made_when_the_notice_is_taken_and_not_without_it() {
    let made = |app_server| {
        let mut session = bought(Setup { account: AccountMatch::MadeAtPostback, app_server, ..Setup::default() });
        let count = events(&session).filter(|event| matches!(event, Event::AccountMade { .. })).count();
        (count, history(&mut session))
    };
    assert_eq!(made(ServerCharacter::AnswersRightly), (1, 1));
    assert_eq!(made(ServerCharacter::AnswersError), (0, 0));
}
