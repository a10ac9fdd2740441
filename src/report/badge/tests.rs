//! Badges are well-formed, hold nothing from outside, and are green only for what is ready.

use super::*;
use crate::report::sample;

fn svg(badge: &Badge) -> String {
    let mut out = Vec::new();
    badge.write_svg(&mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn only_what_is_ready_is_green() {
    let green = Badge::of(&sample::fleet_of(vec![("a", Vec::new())]));
    assert_eq!(green.words, "yes");
    let undecided = sample::fleet_of(vec![("a", vec![sample::offline(&crate::requirement::branch_protection::META)])]);
    for fleet in [sample::every_verdict(), sample::several(), sample::hostile(), undecided, Fleet::default()] {
        let badge = Badge::of(&fleet);
        assert_ne!((badge.color, badge.words.as_str()), (green.color, "yes"));
        assert_ne!(badge.color, green.color);
    }
    assert_eq!(Badge::of(&sample::every_verdict()).words, "no, 3 failing");
    assert_eq!(Badge::of(&Fleet::default()).title(), "safe to ship: undecided, 0 open");
}

#[test]
fn the_drawing_is_well_formed_and_says_what_it_shows() {
    for fleet in [sample::every_verdict(), sample::hostile(), Fleet::default()] {
        let badge = Badge::of(&fleet);
        let text = svg(&badge);
        assert!(text.is_ascii() && text.contains(&format!("<title>{}</title>", badge.title())), "{text}");
        let mut open = Vec::new();
        let mut reader = quick_xml::Reader::from_str(&text);
        reader.config_mut().check_end_names = true;
        loop {
            match reader.read_event().unwrap() {
                quick_xml::events::Event::Start(tag) => {
                    assert!(tag.attributes().all(|one| one.is_ok()));
                    open.push(tag.name().as_ref().to_owned());
                }
                quick_xml::events::Event::End(_) => assert!(open.pop().is_some()),
                quick_xml::events::Event::Empty(tag) => assert!(tag.attributes().all(|one| one.is_ok())),
                quick_xml::events::Event::Eof => break,
                quick_xml::events::Event::Text(_) => {}
                other => panic!("{other:?}"),
            }
        }
        assert!(open.is_empty());
    }
    insta::with_settings!({snapshot_path => "../../../tests/snapshots", prepend_module_to_snapshot => false}, {
        insta::assert_snapshot!("badge", svg(&Badge::of(&sample::every_verdict())));
    });
}

#[test]
fn the_markdown_is_one_picture_whatever_its_address() {
    for image in ["shipworthy.svg", "a b.svg", "x) ![y](https://evil.test", "<b>\n# h", "https://o.test/a.svg?x=y#z"] {
        let mut out = Vec::new();
        Badge::of(&sample::several()).write_markdown(image, &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        let events: Vec<_> = pulldown_cmark::Parser::new(&text).collect();
        let pictures =
            events.iter().filter(|one| matches!(one, pulldown_cmark::Event::Start(pulldown_cmark::Tag::Image { .. })));
        assert_eq!((pictures.count(), events.len()), (1, 5), "{text} {events:?}");
    }
}
