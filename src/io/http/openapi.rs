//! The description of the interface: `OpenAPI`, made from the same declarations as the routes.

use utoipa::openapi::content::ContentBuilder;
use utoipa::openapi::path::{HttpMethod, Operation, OperationBuilder, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::request_body::{RequestBody, RequestBodyBuilder};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{
    ComponentsBuilder, InfoBuilder, OpenApi, OpenApiBuilder, PathItem, PathsBuilder, Ref, RefOr, Required, Response,
    ResponseBuilder,
};

use crate::io::http::door::Door;
use crate::io::http::public::declared;
use crate::io::http::route::{Route, Serves, Takes, Verb, Words};

/// Where the one shape of every error is described.
const ERROR: &str = "Error";

/// The public half of the interface. Other halves are merged into it.
#[must_use]
pub fn document() -> OpenApi {
    let mut paths = PathsBuilder::new();
    for route in declared() {
        for path in described_paths(route) {
            paths = paths.path(path, PathItem::new(method(route.verb), operation(route)));
        }
    }
    let info = InfoBuilder::new()
        .title("Paystage")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some("A simulated marketplace with its payment server and provider. No money moves."))
        .build();
    OpenApiBuilder::new()
        .info(info)
        .paths(paths)
        .components(Some(ComponentsBuilder::new().schema(ERROR, error()).build()))
        .build()
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
        operation = operation.parameter(parameter(name, ParameterIn::Path));
    }
    match route.takes {
        Takes::Nothing => {}
        Takes::Query(names) => {
            for name in names {
                operation = operation.parameter(parameter(name, ParameterIn::Query));
            }
        }
        Takes::Form(fields) => {
            operation = operation.request_body(Some(body("application/x-www-form-urlencoded", fields)));
        }
        Takes::Json(members) => operation = operation.request_body(Some(body("application/json", members))),
        Takes::Receipt => operation = operation.request_body(Some(receipt())),
    }
    operation.response(success(route).to_string(), answer(route)).response("default", refusal()).build()
}

fn tag(door: Door) -> &'static str {
    match door {
        Door::Public => "public",
        Door::Confirm => "buyer",
        Door::Control => "control",
    }
}

/// The status of an answer that says yes.
fn success(route: &Route) -> u16 {
    let makes = |part: &str| route.path.ends_with(part);
    match route.serves {
        Serves::Input(_, Words::Store | Words::Page) if makes("/prepare/") || makes("/receipt") => 201,
        Serves::Input(..) | Serves::Window(_) | Serves::Reading(_) => 200,
    }
}

/// What goes back. Pages are HTML; who asks for JSON gets the same as JSON where there is both.
fn answer(route: &Route) -> Response {
    let (words, kinds): (_, &[&str]) = match route.serves {
        Serves::Input(_, Words::WindowPage) => ("The payment window", &["text/html"]),
        Serves::Input(_, Words::History) => ("The list", &["application/json", "text/html"]),
        Serves::Input(_, Words::KeySet) => ("A JWK set (RFC 7517, 5)", &["application/jwk-set+json"]),
        Serves::Input(_, Words::Page | Words::Store | Words::Flow | Words::RootKey)
        | Serves::Window(_)
        | Serves::Reading(_) => ("The answer", &["application/json"]),
    };
    let object = || ObjectBuilder::new().schema_type(Type::Object).build();
    let add = |response: ResponseBuilder, kind: &&str| {
        response.content(*kind, ContentBuilder::new().schema(Some(object())).build())
    };
    kinds.iter().fold(ResponseBuilder::new().description(words), add).build()
}

fn refusal() -> Response {
    let schema = RefOr::<utoipa::openapi::Schema>::Ref(Ref::from_schema_name(ERROR));
    ResponseBuilder::new()
        .description("A refusal: the sentence, and the historic code")
        .content("application/json", ContentBuilder::new().schema(Some(schema)).build())
        .build()
}

/// `{"error": "…", "error_code": "…"}`; a refusal at the door has the sentence alone.
fn error() -> ObjectBuilder {
    ObjectBuilder::new()
        .schema_type(Type::Object)
        .property("error", text())
        .required("error")
        .property("error_code", text())
}

fn text() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String)
}

fn body(kind: &str, members: &[&str]) -> RequestBody {
    let object = members
        .iter()
        .fold(ObjectBuilder::new().schema_type(Type::Object), |object, member| object.property(*member, text()));
    RequestBodyBuilder::new().content(kind, ContentBuilder::new().schema(Some(object.build())).build()).build()
}

fn receipt() -> RequestBody {
    let content = ContentBuilder::new().schema(Some(text().build())).build();
    RequestBodyBuilder::new()
        .description(Some("The whole receipt: bare, or cert~receipt"))
        .content("text/plain", content)
        .required(Some(Required::True))
        .build()
}

fn parameter(name: &str, place: ParameterIn) -> Parameter {
    let required = if matches!(place, ParameterIn::Path) { Required::True } else { Required::False };
    ParameterBuilder::new().name(name).parameter_in(place).required(required).schema(Some(text().build())).build()
}

/// `slug` of `/mozpay/product/{slug}/buy`.
fn named_in(path: &str) -> impl Iterator<Item = &str> {
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
}
