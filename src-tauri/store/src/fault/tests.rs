use super::*;
use crate::memory::MemoryBucket;

async fn bucket() -> FaultyBucket {
    let inner = MemoryBucket::new("m");
    inner.put("k", Body::from(b"0123456789" as &[u8]), &PutOptions::default()).await.unwrap();
    FaultyBucket::wrap(Arc::new(inner))
}

async fn read(bucket: &FaultyBucket) -> Result<Bytes> {
    bucket.get("k", &GetOptions::default()).await?.bytes(100).await
}

#[tokio::test]
async fn calls_are_counted_and_only_the_named_ones_fail() {
    let bucket =
        bucket().await.on(Operation::Head, When::Nth(2), Fault::Fail(ErrorKind::Throttled));
    assert!(bucket.head("k").await.is_ok());
    assert_eq!(bucket.head("k").await.unwrap_err().kind(), ErrorKind::Throttled);
    assert!(bucket.head("k").await.is_ok());
    assert_eq!((bucket.calls(Operation::Head), bucket.calls(Operation::Put)), (3, 0));
}

#[tokio::test]
async fn a_lost_answer_has_been_done() {
    let bucket =
        bucket().await.on(Operation::Delete, When::First(1), Fault::LoseAnswer(ErrorKind::Network));
    assert_eq!(bucket.delete("k").await.unwrap_err().kind(), ErrorKind::Network);
    assert_eq!(bucket.head("k").await.unwrap_err().kind(), ErrorKind::NotFound);
}

#[tokio::test]
async fn a_get_is_changed_cut_or_broken_where_the_script_says() {
    let bucket = bucket()
        .await
        .on(Operation::Get, When::Nth(1), Fault::Corrupt(3))
        .on(Operation::Get, When::Nth(2), Fault::Truncate(4))
        .on(Operation::Get, When::Nth(3), Fault::BreakAfter(4));
    assert_eq!(&read(&bucket).await.unwrap()[..], b"012f456789");
    assert_eq!(&read(&bucket).await.unwrap()[..], b"0123");
    assert_eq!(read(&bucket).await.unwrap_err().kind(), ErrorKind::Network);
    assert_eq!(&read(&bucket).await.unwrap()[..], b"0123456789");
}

#[tokio::test]
async fn a_stalled_put_reports_and_then_stands_still() {
    let bucket = bucket().await.on(Operation::Put, When::Always, Fault::StallAfter(2));
    let (sender, receiver) = std::sync::mpsc::channel();
    let options = PutOptions {
        progress: Some(Progress::new(move |n| sender.send(n).unwrap())),
        ..PutOptions::default()
    };
    let put = bucket.put("x", Body::from(b"abc" as &[u8]), &options);
    assert!(tokio::time::timeout(Duration::from_millis(50), put).await.is_err());
    assert_eq!(receiver.try_iter().collect::<Vec<_>>(), [2]);
}
