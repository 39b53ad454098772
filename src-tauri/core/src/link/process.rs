//! The link of a stored image together with what its host is asked to make of it.

/// How a process begins that stands in front of the path.
const IN_PATH: &str = "/cdn-cgi/image/";

/// `url` with `process`: a query (`?x-oss-process=...`) goes behind it, a path
/// (`/cdn-cgi/image/...`) between its host and its own path.
pub fn with_process(url: &str, process: Option<&str>) -> String {
    match process {
        None | Some("") => url.to_owned(),
        Some(process) if process.starts_with(IN_PATH) => {
            let host = url.find("://").map_or(0, |scheme| scheme + 3);
            let path = url[host..].find('/').map_or(url.len(), |slash| host + slash);
            format!("{}{}{}", &url[..path], process.trim_end_matches('/'), &url[path..])
        }
        Some(process) => format!("{url}{process}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_goes_behind_and_a_path_between() {
        let url = "https://img.example.com/2026/a%20b.png";
        assert_eq!(with_process(url, None), url);
        assert_eq!(with_process(url, Some("")), url);
        assert_eq!(
            with_process(url, Some("?x-oss-process=image/resize,w_800")),
            "https://img.example.com/2026/a%20b.png?x-oss-process=image/resize,w_800"
        );
        for process in
            ["/cdn-cgi/image/width=800,format=webp", "/cdn-cgi/image/width=800,format=webp/"]
        {
            assert_eq!(
                with_process(url, Some(process)),
                "https://img.example.com/cdn-cgi/image/width=800,format=webp/2026/a%20b.png"
            );
        }
    }
}
