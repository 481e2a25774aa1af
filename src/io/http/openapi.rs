//! The description of the interface: `OpenAPI`, made from the same declarations as the routes.

use utoipa::openapi::content::ContentBuilder;
use utoipa::openapi::path::{HttpMethod, Operation, OperationBuilder, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::request_body::{RequestBody, RequestBodyBuilder};
use utoipa::openapi::server::{ServerBuilder, ServerVariableBuilder};
use utoipa::openapi::{
    ComponentsBuilder, InfoBuilder, OpenApi, OpenApiBuilder, PathItem, PathsBuilder, Required, Response,
    ResponseBuilder,
};

use crate::io::http::door::Door;
use crate::io::http::public::declared;
use crate::io::http::route::{Route, Takes, Verb};
use crate::io::http::shape::{Content, Given, Member, Shape, given, json, object, text};
use crate::io::http::shapes::KNOWN;

/// What is no route of a run's, and served all the same.
const PAGES: [(&str, &str, Given); 4] = [
    ("/", "The way to everything, for a person", given(200, "The page", &[text("text/html")])),
    ("/demo/", "Pony Park, a shop to try things out in", given(200, "The page", &[text("text/html")])),
    (
        "/developers/test/receipts/details/",
        "What a test receipt is, for whomever its detail claim sends here",
        given(200, "The page", &[text("text/html")]),
    ),
    (
        "/paystage.js",
        "Gives a page navigator.mozPay and navigator.mozApps",
        given(200, "The script", &[text("text/javascript")]),
    ),
];

/// The public half of the interface. Other halves are merged into it.
#[must_use]
pub fn document() -> OpenApi {
    let mut paths = PathsBuilder::new();
    for route in declared() {
        for path in described_paths(route) {
            paths = paths.path(path, PathItem::new(method(route.verb), operation(route)));
        }
    }
    for (path, about, page) in PAGES {
        let operation = OperationBuilder::new().tag("pages").summary(Some(about));
        let operation = operation.response(page.status.to_string(), response(&page)).build();
        paths = paths.path(path, PathItem::new(HttpMethod::Get, operation));
    }
    let info = InfoBuilder::new()
        .title("Paystage")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some("A simulated marketplace with its payment server and provider. No money moves."))
        .build();
    let known = KNOWN.iter().fold(ComponentsBuilder::new(), |known, (name, shape)| known.schema(*name, shape.schema()));
    let session = ServerVariableBuilder::new().default_value("run-1").description(Some("The session's name"));
    let servers = [
        ServerBuilder::new().url("/").description(Some("The server's own run")).build(),
        ServerBuilder::new()
            .url("/s/{session}")
            .description(Some(
                "An isolated session, which has everything but /control/sessions and /control/openapi.json",
            ))
            .parameter("session", session)
            .build(),
    ];
    OpenApiBuilder::new().info(info).servers(Some(servers)).paths(paths).components(Some(known.build())).build()
}

/// Both versions of a path, each spelled as history wrote it; that a slash at the end may be left out is not described.
/// `OpenAPI` knows no parameter that spans segments, so what may follow `/verify/` stands as one.
fn described_paths(route: &Route) -> Vec<String> {
    let path = route.path.replace("{*", "{");
    if path.contains("/v*/") {
        ["/v1/", "/v2/"].iter().map(|version| path.replace("/v*/", version)).collect()
    } else {
        vec![path]
    }
}

fn method(verb: Verb) -> HttpMethod {
    match verb {
        Verb::Get => HttpMethod::Get,
        Verb::Post => HttpMethod::Post,
    }
}

fn operation(route: &Route) -> Operation {
    let mut operation = OperationBuilder::new().tag(tag(route.door)).summary(Some(route.about));
    for name in named_in(route.path) {
        operation = operation.parameter(path_parameter(name));
    }
    match route.takes {
        Takes::Nothing => {}
        Takes::Query(members) => {
            for member in members {
                operation = operation.parameter(query_parameter(member));
            }
        }
        Takes::Form(fields) => {
            operation = operation.request_body(Some(body("application/x-www-form-urlencoded", fields)));
        }
        Takes::Json(members) => operation = operation.request_body(Some(body("application/json", members))),
        Takes::Receipt => operation = operation.request_body(Some(receipt())),
    }
    for given in route.gives {
        operation = operation.response(given.status.to_string(), response(given));
    }
    let refusal = given(400, "Refused at the door: a foreign Host, a body that is too long", REFUSAL);
    operation.response("default", response(&refusal)).build()
}

const REFUSAL: &[Content] = &[json(Shape::Known("Refusal"))];

fn tag(door: Door) -> &'static str {
    match door {
        Door::Public => "public",
        Door::Confirm => "buyer",
        Door::Control => "control",
    }
}

/// One way in which a request is answered. Where there are several bodies, `Accept` chooses.
#[must_use]
pub fn response(given: &Given) -> Response {
    let add = |response: ResponseBuilder, body: &Content| {
        response.content(body.kind, ContentBuilder::new().schema(Some(body.shape.schema())).build())
    };
    given.bodies.iter().fold(ResponseBuilder::new().description(given.about), add).build()
}

/// A body with these members. It must be there where one of them must.
#[must_use]
pub fn body(kind: &str, members: &[Member]) -> RequestBody {
    let content = ContentBuilder::new().schema(Some(object(members))).build();
    let required = if members.iter().any(|member| member.is_always) { Required::True } else { Required::False };
    RequestBodyBuilder::new().content(kind, content).required(Some(required)).build()
}

fn receipt() -> RequestBody {
    let content = ContentBuilder::new().schema(Some(Shape::Text.schema())).build();
    RequestBodyBuilder::new()
        .description(Some("The whole receipt: bare, or cert~receipt"))
        .content("text/plain", content)
        .required(Some(Required::True))
        .build()
}

/// A part of the path.
#[must_use]
pub fn path_parameter(name: &str) -> Parameter {
    let parameter = ParameterBuilder::new().name(name).parameter_in(ParameterIn::Path);
    parameter.required(Required::True).schema(Some(Shape::Text.schema())).build()
}

/// A parameter of the query.
#[must_use]
pub fn query_parameter(member: &Member) -> Parameter {
    let required = if member.is_always { Required::True } else { Required::False };
    let about = (!member.about.is_empty()).then_some(member.about);
    let parameter = ParameterBuilder::new().name(member.name).parameter_in(ParameterIn::Query).description(about);
    parameter.required(required).schema(Some(member.shape.schema())).build()
}

/// `slug` of `/mozpay/product/{slug}/buy`.
pub fn named_in(path: &str) -> impl Iterator<Item = &str> {
    let parts = path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    parts.map(|name| name.trim_start_matches('*'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_route_is_described_with_its_method_and_its_parameters() {
        let document = serde_json::to_value(document()).unwrap();
        for route in declared() {
            let method = if route.verb == Verb::Get { "get" } else { "post" };
            for path in described_paths(route) {
                let operation = &document["paths"][&path][method];
                assert_eq!(operation["summary"], route.about, "{path}");
                let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
                for name in named_in(route.path) {
                    let is_it = |known: &serde_json::Value| known["name"] == name && known["required"] == true;
                    assert!(parameters.iter().any(is_it), "{path}: {name}");
                }
            }
        }
        assert!(document["paths"]["/api/v2/webpay/inapp/prepare/"]["post"]["requestBody"].is_object());
        assert!(document["paths"]["/api/v2/webpay/inapp/prepare/"]["get"].is_null());
    }

    #[test]
    fn a_description_holds_no_pattern_that_readers_of_openapi_do_not_know() {
        let document = serde_json::to_value(document()).unwrap();
        for path in document["paths"].as_object().unwrap().keys() {
            assert!(!path.contains('*'), "{path}");
        }
    }

    #[test]
    fn every_shape_that_is_named_is_known() {
        let document = document().to_json().unwrap();
        let read: serde_json::Value = serde_json::from_str(&document).unwrap();
        let named = document.split("#/components/schemas/").skip(1).filter_map(|rest| rest.split('"').next());
        for name in named {
            assert!(read["components"]["schemas"][name].is_object(), "{name}");
        }
    }
}
