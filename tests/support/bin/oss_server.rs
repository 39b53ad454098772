//! The OSS test server as a program: prints one line of JSON and answers until standard input
//! closes.

use std::io::{Read as _, Write as _};

use clap::{Parser, ValueEnum};
use hoist_testkit::oss::{Acl, OssOptions, OssServer};
use serde_json::json;

/// A server that speaks Aliyun OSS on 127.0.0.1, for tests.
#[derive(Debug, Parser)]
struct Arguments {
    /// The port; 0 for any free one.
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// The region of the address and of new buckets.
    #[arg(long, default_value = "cn-hangzhou")]
    region: String,
    /// The bucket that is there from the start.
    #[arg(long, default_value = "images")]
    bucket: String,
    /// Who may read that bucket.
    #[arg(long, value_enum, default_value_t = Rights::Private)]
    acl: Rights,
    /// The same as --acl public-read.
    #[arg(long)]
    public_read: bool,
    /// A host, with or without a port, that is a custom domain of the bucket.
    #[arg(long)]
    cname: Vec<String>,
    /// Refuses data requests by anything but custom domains, as for new accounts in China.
    #[arg(long)]
    forbid_public_endpoint: bool,
    /// Seconds by which the server's clock is wrong.
    #[arg(long, default_value_t = 0, allow_negative_numbers = true)]
    clock: i64,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Rights {
    Private,
    PublicRead,
    PublicReadWrite,
}

fn main() -> std::io::Result<()> {
    let arguments = Arguments::parse();
    let acl = match arguments.acl {
        _ if arguments.public_read => Acl::PublicRead,
        Rights::Private => Acl::Private,
        Rights::PublicRead => Acl::PublicRead,
        Rights::PublicReadWrite => Acl::PublicReadWrite,
    };
    let mut options = OssOptions::default();
    options.port = arguments.port;
    options.region = arguments.region;
    options.bucket = arguments.bucket;
    options.acl = acl;
    options.cnames = arguments.cname;
    let server = OssServer::with(options);
    server.faults().forbid_public_endpoint(arguments.forbid_public_endpoint);
    server.faults().set_clock(arguments.clock);
    let hello = json!({
        "port": server.port(),
        "url": server.url(),
        "cname_url": server.cname_url(),
        "region": server.region(),
        "bucket": server.bucket(),
        "access_key": server.access_key(),
        "secret_key": server.secret_key(),
    });
    let mut out = std::io::stdout().lock();
    writeln!(out, "{hello}")?;
    out.flush()?;
    // Whoever started it holds the other end: it must not outlive them.
    let mut rest = Vec::new();
    std::io::stdin().read_to_end(&mut rest)?;
    Ok(())
}
