//! Reading the X11 clipboard in the owner's own formats (ICCCM 2.4 to 2.7), within a deadline.

use std::time::{Duration, Instant};

use bytes::Bytes;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use x11rb::connection::Connection;
use x11rb::protocol::Event;
use x11rb::protocol::xproto::{
    Atom, AtomEnum, ConnectionExt as _, CreateWindowAux, EventMask, Property, WindowClass,
};
use x11rb::rust_connection::RustConnection;
use x11rb::{COPY_DEPTH_FROM_PARENT, COPY_FROM_PARENT, CURRENT_TIME, NONE};

use super::pick::Offer;
use super::system::{MAX_BYTES, unavailable};
use crate::problem::{Code, Problem, Result};

/// How long an owner may keep silent. Programs that convert a large image first take seconds.
const PATIENCE: Duration = Duration::from_secs(4);

x11rb::atom_manager! {
    Atoms: AtomCookies {
        CLIPBOARD,
        TARGETS,
        INCR,
        HOIST_SELECTION,
    }
}

/// A connection that reads the clipboard.
pub(super) struct Reader {
    connection: RustConnection,
    window: u32,
    atoms: Atoms,
}

impl Reader {
    /// Connects to the display that `DISPLAY` names.
    pub(super) fn connect() -> Result<Self> {
        let (connection, screen) = x11rb::connect(None).map_err(unavailable)?;
        let root =
            connection.setup().roots.get(screen).ok_or_else(|| unavailable("no screen"))?.root;
        let window = connection.generate_id().map_err(unavailable)?;
        let events = CreateWindowAux::new().event_mask(EventMask::PROPERTY_CHANGE);
        connection
            .create_window(
                COPY_DEPTH_FROM_PARENT,
                window,
                root,
                0,
                0,
                1,
                1,
                0,
                WindowClass::INPUT_OUTPUT,
                COPY_FROM_PARENT,
                &events,
            )
            .map_err(unavailable)?;
        let atoms = Atoms::new(&connection).map_err(unavailable)?.reply().map_err(unavailable)?;
        Ok(Self { connection, window, atoms })
    }

    /// Returns when the display is gone.
    pub(super) fn until_closed(&self) {
        while self.connection.wait_for_event().is_ok() {}
    }

    /// The window that owns the clipboard.
    pub(super) fn owner(&self) -> Result<Option<u32>> {
        let cookie =
            self.connection.get_selection_owner(self.atoms.CLIPBOARD).map_err(unavailable)?;
        let owner = cookie.reply().map_err(unavailable)?.owner;
        Ok((owner != NONE).then_some(owner))
    }

    /// The next event, or a refusal when none comes before `deadline`.
    fn next_event(&self, deadline: Instant) -> Result<Event> {
        loop {
            if let Some(event) = self.connection.poll_for_event().map_err(unavailable)? {
                return Ok(event);
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(unavailable("the program that holds the clipboard does not answer"));
            }
            let mut descriptors = [PollFd::new(self.connection.stream(), PollFlags::IN)];
            let timeout = Timespec::try_from(left).map_err(unavailable)?;
            match poll(&mut descriptors, Some(&timeout)) {
                Ok(_) | Err(rustix::io::Errno::INTR) => {}
                Err(error) => return Err(unavailable(error)),
            }
        }
    }

    /// Asks the owner for `target`; `None` when it refuses or there is no owner.
    fn convert(&self, target: Atom) -> Result<Option<Vec<u8>>> {
        let property = self.atoms.HOIST_SELECTION;
        self.connection.delete_property(self.window, property).map_err(unavailable)?;
        self.connection
            .convert_selection(self.window, self.atoms.CLIPBOARD, target, property, CURRENT_TIME)
            .map_err(unavailable)?;
        self.connection.flush().map_err(unavailable)?;
        let deadline = Instant::now() + PATIENCE;
        let granted = loop {
            if let Event::SelectionNotify(notify) = self.next_event(deadline)?
                && notify.requestor == self.window
                && notify.target == target
            {
                break notify.property;
            }
        };
        if granted == NONE {
            return Ok(None);
        }
        let (kind, value) = self.take_property(granted)?;
        if kind == self.atoms.INCR { self.take_pieces(granted).map(Some) } else { Ok(Some(value)) }
    }

    /// Reads a property and deletes it, which tells the owner to go on.
    fn take_property(&self, property: Atom) -> Result<(Atom, Vec<u8>)> {
        let reply = self
            .connection
            .get_property(true, self.window, property, AtomEnum::ANY, 0, u32::MAX / 4)
            .map_err(unavailable)?
            .reply()
            .map_err(unavailable)?;
        Ok((reply.type_, reply.value))
    }

    /// A transfer in pieces: each new value of the property is one, an empty one is the end.
    fn take_pieces(&self, property: Atom) -> Result<Vec<u8>> {
        let mut value = Vec::new();
        loop {
            let deadline = Instant::now() + PATIENCE;
            loop {
                if let Event::PropertyNotify(notify) = self.next_event(deadline)?
                    && notify.atom == property
                    && notify.state == Property::NEW_VALUE
                {
                    break;
                }
            }
            let (_, piece) = self.take_property(property)?;
            if piece.is_empty() {
                return Ok(value);
            }
            value.extend_from_slice(&piece);
            if value.len() as u64 > MAX_BYTES {
                return Err(Problem::new(Code::TooManyBytes, "clipboard"));
            }
        }
    }

    fn atom(&self, name: &str) -> Result<Atom> {
        let cookie = self.connection.intern_atom(false, name.as_bytes()).map_err(unavailable)?;
        Ok(cookie.reply().map_err(unavailable)?.atom)
    }
}

impl Offer for Reader {
    fn targets(&mut self) -> Result<Vec<String>> {
        let Some(value) = self.convert(self.atoms.TARGETS)? else {
            return Ok(Vec::new());
        };
        let cookies: Vec<_> = value
            .chunks_exact(4)
            .map(|atom| u32::from_ne_bytes([atom[0], atom[1], atom[2], atom[3]]))
            .filter(|&atom| atom != NONE)
            .map(|atom| self.connection.get_atom_name(atom))
            .collect::<Result<_, _>>()
            .map_err(unavailable)?;
        let names = cookies.into_iter().filter_map(|cookie| cookie.reply().ok());
        Ok(names.map(|reply| String::from_utf8_lossy(&reply.name).into_owned()).collect())
    }

    fn fetch(&mut self, target: &str) -> Result<Bytes> {
        let target = self.atom(target)?;
        Ok(self.convert(target)?.unwrap_or_default().into())
    }
}
