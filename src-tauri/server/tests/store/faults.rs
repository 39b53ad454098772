use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use hoist_server::store::{Fault, FaultRequest, Faults};
use http::Method;

use crate::support::{bytes, code, start_with};

/// Faults for the next requests of one method.
#[derive(Debug)]
struct Script {
    method: Method,
    faults: Mutex<VecDeque<Fault>>,
}

impl Script {
    fn new(method: Method) -> Arc<Self> {
        Arc::new(Self { method, faults: Mutex::new(VecDeque::new()) })
    }

    fn push(&self, fault: Fault) {
        self.faults.lock().unwrap().push_back(fault);
    }
}

impl Faults for Script {
    fn next(&self, request: &FaultRequest<'_>) -> Option<Fault> {
        (*request.method == self.method).then(|| self.faults.lock().unwrap().pop_front()).flatten()
    }
}

#[tokio::test]
async fn reads_can_fail_in_every_way() {
    let script = Script::new(Method::GET);
    let store = start_with(Some(script.clone())).await;
    store.put("k", bytes(600_000, 1), "image/png").await;
    let get = || store.client.get_object().bucket("images").key("k").send();

    script.push(Fault::Answer { status: 503, code: "SlowDown", retry_after: Some(7) });
    let refused = get().await.unwrap_err();
    assert_eq!(refused.raw_response().unwrap().headers().get("retry-after"), Some("7"));
    assert_eq!(code(Err::<(), _>(refused)), "SlowDown");

    script.push(Fault::CutResponse(100_000));
    assert!(get().await.unwrap().body.collect().await.is_err());

    script.push(Fault::LoseAnswer);
    assert!(get().await.unwrap_err().raw_response().is_none());

    script.push(Fault::Delay(Duration::from_millis(300)));
    let before = Instant::now();
    assert_eq!(get().await.unwrap().body.collect().await.unwrap().to_vec(), bytes(600_000, 1));
    assert!(before.elapsed() >= Duration::from_millis(300));
}

#[tokio::test]
async fn writes_can_be_cut_or_lose_their_answer() {
    let script = Script::new(Method::PUT);
    let store = start_with(Some(script.clone())).await;
    let put = || {
        store.client.put_object().bucket("images").key("k").body(bytes(3_000_000, 1).into()).send()
    };
    script.push(Fault::CutRequest(1_000_000));
    assert!(put().await.is_err());
    assert_eq!(store.get("/images/k").await.status, 404);
    script.push(Fault::LoseAnswer);
    assert!(put().await.is_err());
    assert_eq!(store.get("/images/k").await.status, 200, "stored all the same");
}
