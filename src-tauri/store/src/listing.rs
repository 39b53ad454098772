//! A page of a listing as S3 and OSS write it, read in one pass: a thousand objects are nine thousand
//! elements, of which a tree, or the SDK's reader, makes the most expensive part of a long listing.

use std::mem;

use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::Event;

use crate::key::bare_etag;
use crate::{ErrorKind, ListPage, ObjectMeta, Result, StoreError};

/// What a page says, its keys as they are written.
#[derive(Debug, Default)]
pub(crate) struct Listing {
    /// Whether it is a listing at all, and not any other document.
    pub(crate) is_one: bool,
    pub(crate) objects: Vec<ObjectMeta>,
    pub(crate) prefixes: Vec<String>,
    /// Whether keys are percent-encoded.
    pub(crate) encoded: bool,
    pub(crate) more: bool,
    /// Where the next page of ListObjectsV2 begins.
    pub(crate) token: Option<String>,
    /// Where the next page of ListObjects begins.
    pub(crate) marker: Option<String>,
}

/// What encloses the elements of the third level.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Outer {
    Object,
    Prefix,
    Other,
}

fn broken(why: impl std::fmt::Display) -> StoreError {
    StoreError::new(ErrorKind::Integrity, format!("the listing cannot be read: {why}"))
}

impl Listing {
    /// Reads a whole page; half a one is an error.
    pub(crate) fn read(text: &str) -> Result<Self> {
        let mut reader = Reader::from_str(text.strip_prefix('\u{feff}').unwrap_or(text));
        reader.config_mut().expand_empty_elements = true;
        let mut listing = Self::default();
        let (mut depth, mut ended) = (0usize, false);
        let mut outer = Outer::Other;
        let mut object = ObjectMeta::default();
        let mut value = String::new();
        loop {
            match reader.read_event().map_err(broken)? {
                Event::Start(start) => {
                    depth += 1;
                    if depth == 2 {
                        outer = match start.local_name().as_ref() {
                            "Contents" => Outer::Object,
                            "CommonPrefixes" => Outer::Prefix,
                            _ => Outer::Other,
                        };
                        object = ObjectMeta::default();
                    }
                    value.clear();
                }
                Event::End(end) => {
                    let local = end.local_name();
                    let name: &str = local.as_ref();
                    let text = mem::take(&mut value);
                    match (depth, outer) {
                        (2, Outer::Object) if !object.key.is_empty() => {
                            listing.objects.push(mem::take(&mut object));
                        }
                        (2, _) => listing.field(name, text),
                        (3, Outer::Object) => field_of(&mut object, name, text),
                        (3, Outer::Prefix) if name == "Prefix" => {
                            listing.prefixes.push(text);
                        }
                        _ => {}
                    }
                    ended |= depth == 1;
                    depth = depth.saturating_sub(1);
                }
                Event::Text(text) => value.push_str(&text.xml10_content()),
                Event::CData(text) => value.push_str(&text.xml10_content()),
                Event::GeneralRef(reference) => {
                    match reference.resolve_char_ref().map_err(broken)? {
                        Some(character) => value.push(character),
                        None => value.push_str(
                            resolve_predefined_entity(&reference)
                                .ok_or_else(|| broken("an entity that XML does not define"))?,
                        ),
                    }
                }
                Event::DocType(_) => return Err(broken("it has a document type")),
                Event::Eof if ended && depth == 0 => return Ok(listing),
                Event::Eof => return Err(broken("it ends too early")),
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::Empty(_) => {}
            }
        }
    }

    /// Takes out its objects and prefixes, their keys decoded where they are encoded.
    pub(crate) fn page(&mut self, decode: impl Fn(&str) -> Result<String>) -> Result<ListPage> {
        let (mut objects, mut prefixes) =
            (mem::take(&mut self.objects), mem::take(&mut self.prefixes));
        // What was not encoded must not be decoded: a key may hold `%41`.
        if self.encoded {
            for key in objects.iter_mut().map(|object| &mut object.key).chain(&mut prefixes) {
                *key = decode(key)?;
            }
        }
        Ok(ListPage { objects, prefixes, next: None })
    }

    /// An element that is about the page.
    fn field(&mut self, name: &str, text: String) {
        match name {
            "IsTruncated" => {
                self.is_one = true;
                self.more = text.trim() == "true";
            }
            "Name" => self.is_one = true,
            "EncodingType" => self.encoded = text.trim() == "url",
            "NextContinuationToken" => self.token = Some(text),
            "NextMarker" => self.marker = Some(text),
            _ => {}
        }
    }
}

/// An element that is about an object.
fn field_of(object: &mut ObjectMeta, name: &str, text: String) {
    match name {
        "Key" => object.key = text,
        "Size" => object.size = text.trim().parse().unwrap_or(0),
        "ETag" => object.etag = bare_etag(Some(&text)),
        "LastModified" => object.modified = text.trim().parse().ok(),
        "StorageClass" => object.storage_class = Some(text).filter(|class| !class.is_empty()),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "<?xml version=\"1.0\"?>\n<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">
  <Name>b</Name><Prefix>a&amp;</Prefix><EncodingType>url</EncodingType>
  <IsTruncated>true</IsTruncated><NextContinuationToken>t&lt;1</NextContinuationToken>
  <Contents><Key> a&amp;b&#10;<![CDATA[<]]> </Key><LastModified>2025-11-18T09:12:00.000Z</LastModified>
    <ETag>&quot;E-1&quot;</ETag><Size>7</Size><Owner><ID>me</ID><Key>no</Key></Owner><StorageClass>IA</StorageClass></Contents>
  <Contents><Key>second</Key><Size/><ETag></ETag></Contents>
  <CommonPrefixes><Prefix>a/</Prefix></CommonPrefixes>
</ListBucketResult>";

    #[test]
    fn a_page_is_read_as_it_is_written() {
        let listing = Listing::read(PAGE).unwrap();
        assert!(listing.is_one && listing.more && listing.encoded);
        assert_eq!((listing.token.as_deref(), listing.marker.as_deref()), (Some("t<1"), None));
        assert_eq!(listing.prefixes, ["a/"]);
        let [first, second] = listing.objects.as_slice() else { panic!("{listing:?}") };
        assert_eq!(first.key, " a&b\n< ");
        assert_eq!((first.size, first.etag.as_deref()), (7, Some("E-1")));
        assert_eq!(first.modified, Some("2025-11-18T09:12:00Z".parse().unwrap()));
        assert_eq!(first.storage_class.as_deref(), Some("IA"));
        assert_eq!(*second, ObjectMeta { key: "second".into(), ..ObjectMeta::default() });
    }

    #[test]
    fn half_a_page_and_what_is_none_are_told() {
        for end in [PAGE.len() - 3, PAGE.len() / 2, 40, 0] {
            assert!(Listing::read(&PAGE[..end]).is_err(), "{end}");
        }
        for text in ["no XML", "<a></b>", "<!DOCTYPE a []><a/>", "<a><b>&other;</b></a>"] {
            assert!(Listing::read(text).is_err(), "{text}");
        }
        assert!(!Listing::read("<html><body>hello</body></html>").unwrap().is_one);
    }
}
