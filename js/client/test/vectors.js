/** Owns the vectors of event streams, made from the sentences of the HTML standard: bytes, and what they must dispatch. */

const text = (string) => new TextEncoder().encode(string);
const message = (data, lastEventId = "", type = "message") => ({ type, data, lastEventId });

/** `[sentence, stream, events, {retry, id}]`; `id`: the last event id in the end. */
export const VECTORS = [
  ["a block is one event", "data: one\n\n", [message("one")]],
  ["lines of data are joined by a line feed", "data: YHOO\ndata: +2\ndata: 10\n\n", [message("YHOO\n+2\n10")]],
  ["only the last line feed is removed", "data: a\ndata:\ndata:\n\n", [message("a\n\n")]],
  ["a leading byte order mark is ignored", "\uFEFFdata: marked\n\n", [message("marked")]],
  ["only the first byte order mark is ignored", "\uFEFF\uFEFFdata: no\n\ndata: yes\n\n", [message("yes")]],
  ["a byte order mark inside is data", "data: a\uFEFFb\n\n", [message("a\uFEFFb")]],
  ["a byte order mark at the start of a later line is a part of the field name", "data: a\n\n\uFEFFdata: b\n\n", [message("a")]],
  ["lines end with CR LF", "data: one\r\ndata: two\r\n\r\n", [message("one\ntwo")]],
  ["lines end with CR", "data: one\rdata: two\r\r", [message("one\ntwo")]],
  ["line ends may be mixed", "data: 1\rdata: 2\r\ndata: 3\n\r\ndata: 4\r\n\ndata: 5\n\r", [message("1\n2\n3"), message("4"), message("5")]],
  ["CR LF CR LF ends one block, not two", "event: a\r\n\r\ndata: x\r\n\r\n", [message("x")]],
  ["LF CR is two line ends", "data: a\n\rdata: b\n\n", [message("a"), message("b")]],
  ["other characters end no line", "data: a\u2028b\u2029c\u0085d\u000be\u000cf\n\n", [message("a\u2028b\u2029c\u0085d\u000be\u000cf")]],
  ["a comment is ignored", ": heartbeat\n\n:\n:data: no\ndata: yes\n: no\n\n", [message("yes")]],
  ["a line without a colon is a field without a value", "data\n\ndata\ndata\n\ndata:\n\n", [message(""), message("\n"), message("")]],
  ["one leading space is removed", "data:none\n\ndata: one\n\ndata:  two\n\ndata:\ttab\n\n", [message("none"), message("one"), message(" two"), message("\ttab")]],
  ["further colons are a part of the value", "data: a: b:c\n\ndata::\n\n", [message("a: b:c"), message(":")]],
  ["a block without data dispatches nothing", "event: lonely\n\ndata: x\n\n", [message("x")]],
  ["the name of an event is for its block only", "event: add\ndata: 1\n\ndata: 2\n\n", [message("1", "", "add"), message("2")]],
  ["of two names the last counts", "event: a\nevent: b\ndata: 1\n\n", [message("1", "", "b")]],
  ["an empty name is the usual one", "event: a\nevent:\ndata: 1\n\n", [message("1")]],
  ["blank lines between blocks are nothing", "\n\n\ndata: a\n\n\n\ndata: b\n\n\n", [message("a"), message("b")]],
  ["the last event id stays", "id: 1\ndata: a\n\ndata: b\n\nid: 2\ndata: c\n\n", [message("a", "1"), message("b", "1"), message("c", "2")], { id: "2" }],
  ["an empty id takes it back", "id: 1\ndata: a\n\nid\ndata: b\n\n", [message("a", "1"), message("b", "")], { id: "" }],
  ["an id with NULL is ignored", "id: 1\ndata: a\n\nid: 2\u00003\ndata: b\n\n", [message("a", "1"), message("b", "1")], { id: "1" }],
  ["a block with only an id moves the last event id", "id: 7\n\n: x\n\n", [], { id: "7" }],
  ["it is told by the events that follow", "id: 7\n\ndata: a\n\n", [message("a", "7")], { id: "7" }],
  ["an id whose block has not ended counts not yet", "id: 1\ndata: a\n\nid: 2\ndata: b\n", [message("a", "1")], { id: "1" }],
  ["a retry of digits is the reconnection time", "retry: 1500\n\nretry:007\n", [], { retry: [1500, 7] }],
  ["a retry of anything else is ignored", "retry: 1.5\nretry: -1\nretry: 1s\nretry:\nretry\nretry: \u0661\nretry: 0x9\nretry:  9\n", [], { retry: [] }],
  ["unknown fields are ignored", "Data: no\ndatum: no\n data: no\ndata : no\nDATA: no\ndata: yes\n\n", [message("yes")]],
  ["what has no end when the stream ends is discarded", "data: a\n\ndata: lost\n", [message("a")]],
  ["a half line is discarded as well", "data: a\n\ndata: lost", [message("a")]],
  ["characters of many bytes are whole", "data: é€😀\ndata: 漢字\nevent: ÿ\nid: ☃\n\n", [message("é€😀\n漢字", "☃", "ÿ")], { id: "☃" }],
  ["NULL in data is data", "data: a\u0000b\n\n", [message("a\u0000b")]],
  ["markup of streams in data stays data", 'data: {"m":"a\\n\\nevent: x\\nid: 9"}\n\n', [message('{"m":"a\\n\\nevent: x\\nid: 9"}')]],
  ["an empty stream is nothing", "", []],
].map(([sentence, stream, events, { retry = [], id = "" } = {}]) => ({ sentence, bytes: text(stream), stream, events, retry, id }));

const REPLACED = "\uFFFD";

/** Streams that are no UTF-8: what cannot be decoded is replaced. */
export const BROKEN = [
  ["bytes that are no UTF-8 are replaced", [...text("data: a"), 0xff, ...text("b\n\n")], [message(`a${REPLACED}b`)]],
  ["a character that is cut short is replaced", [...text("data: "), 0xe2, 0x82, ...text("\n\n")], [message(REPLACED)]],
].map(([sentence, bytes, events]) => ({ sentence, bytes: Uint8Array.from(bytes), events, retry: [], id: "" }));
