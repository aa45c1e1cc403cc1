//! `generate` beside what an earlier run left: fetched and told, without any say in what this one prints or returns.

use plantain::domain::OutputFormat;
use serde_json::json;
use tokio::process::Child;

use super::home::{Home, picture, said};
use crate::suite::raw_server::{Gate, RawServer, RequestSeen, Script, Step, answer};

/// Names its own picture for the first call and has one inside the answer of every other.
fn gateway(request: &RequestSeen, first: &Script) -> Script {
    let is_call = request.method == "POST";
    match (is_call, request.n) {
        (true, 0) => {
            let host = request.header("host").unwrap();
            said(&json!({"role": "assistant", "content": format!("http://{host}/a.jpeg")}))
        }
        (true, _) => super::home::pictures(&[picture(OutputFormat::Jpeg, 2)]),
        (false, 1) => first.clone(),
        (false, _) => answer(200, &[], &picture(OutputFormat::Jpeg, 1)),
    }
}

/// A `generate` that is killed while it fetches its picture.
async fn killed(home: &Home, server: &RawServer) {
    let mut child: Child = home.command(&["generate", "x"]).spawn().unwrap();
    server.wait_for(2).await;
    child.kill().await.unwrap();
}

#[tokio::test]
async fn the_next_generate_fetches_what_a_killed_one_left() {
    let server = RawServer::start(|request| gateway(request, &vec![Step::Forever])).await;
    let home = Home::at(&server.url());
    killed(&home, &server).await;
    let [row] = home.history().await.try_into().unwrap();
    assert_eq!(row["status"], "unknown", "{row}");
    assert_eq!(row["error"]["maybe_billed"], true);
    assert_eq!(server.requests().len(), 2, "who looks asks nobody");

    let ran = home.run(&["generate", "y"]).await.done();
    let [path] = ran.paths().try_into().unwrap();
    let ran = ran.says(&[
        "resuming 1 picture that an earlier run left",
        "an earlier run's picture: ",
    ]);
    let [new, old] = home.history().await.try_into().unwrap();
    assert_eq!([&new["status"], &old["status"]], ["done", "done"]);
    assert_eq!(new["pictures"][0]["path"], path.to_str().unwrap());
    assert!(
        ran.err
            .contains(old["pictures"][0]["path"].as_str().unwrap())
    );
    assert_eq!(server.count("POST"), 2);
    assert_eq!(server.count("GET"), 2);
}

#[tokio::test]
async fn what_an_earlier_run_left_changes_no_exit_code() {
    let server = RawServer::start(|request| match (request.n, request.path.as_str()) {
        (0 | 1, _) => gateway(request, &vec![Step::Forever]),
        (_, "/a.jpeg") => answer(410, &[], b"the link has expired"),
        _ => gateway(request, &Vec::new()),
    })
    .await;
    let home = Home::at(&server.url());
    killed(&home, &server).await;
    let ran = home.run(&["generate", "y"]).await.done();
    assert_eq!(ran.paths().len(), 1);
    ran.says(&["link has expired"]);
    let [_, old] = home.history().await.try_into().unwrap();
    assert_eq!(old["status"], "failed");
}

#[tokio::test]
async fn one_that_takes_too_long_is_left_to_the_next() {
    let gate = Gate::default();
    let server = {
        let slow = vec![Step::Wait(gate.clone())];
        RawServer::start(move |request| match request.n {
            0 | 1 => gateway(request, &slow),
            2 | 3 if request.method == "GET" => slow.clone(),
            _ => gateway(request, &slow),
        })
        .await
    };
    let home = Home::at(&server.url());
    killed(&home, &server).await;
    let ran = home.run(&["generate", "y"]).await.done();
    assert_eq!(ran.paths().len(), 1);
    ran.says(&["1 picture of an earlier run did not come yet: the next start tries again"]);
    let [_, old] = home.history().await.try_into().unwrap();
    assert_eq!(old["status"], "unknown", "nothing was given up");
    home.run(&["generate", "z"]).await.done();
    let [_, _, old] = home.history().await.try_into().unwrap();
    assert_eq!(old["status"], "done");
    assert_eq!(server.count("POST"), 3);
}
