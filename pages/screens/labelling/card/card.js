// The labelling card as a Streamlit component: a queue of items, a key for every answer, and the way to the store.

const cards = new WeakMap() // by the element that Streamlit gives the component
const KEPT = 3 // the next items stay when a new queue arrives
const WAIT_MS = 3000 // for the items of the page that this tab showed before

// The page that this tab showed before it was loaded again, or null. A duplicated tab copies the note of its original,
// which is still open: only a page that was left has the mark.
function leftBehind(project, page) {
  const name = `alcore-page:${project}`
  let before = null
  try {
    const noted = JSON.parse(sessionStorage.getItem(name) ?? "null")
    if (noted?.left && noted.page !== page) before = noted.page
    sessionStorage.setItem(name, JSON.stringify({ page, left: false }))
    const onLeave = () => sessionStorage.setItem(name, JSON.stringify({ page, left: true }))
    window.addEventListener("pagehide", onLeave, { once: true })
  } catch {
    // Without storage the items of the page before are free again after two minutes.
  }
  return before
}

function makeCard(root) {
  const part = (name) => root.querySelector(`.${name}`)
  let data = null
  let outbox = null
  let emit = () => {}
  let queue = []
  let history = [] // own answers, oldest first: {item, kind, value, seq or number}
  let at = -1 // place in the history that is looked at; -1: the current item
  let shownAt = performance.now()
  let keysOn = true
  let withAlike = false // whether the next label is also that of the item's near-duplicates
  let left = null // the page that this tab showed before a reload, until its items are released
  let waitUntil = 0

  const current = () => (at < 0 ? queue[0] : history[at]?.item)
  const classOf = (name) => data.classes.find((one) => one.name === name)

  function answer(kind, value) {
    const item = current()
    if (!item) return
    const milliseconds = Math.round(performance.now() - shownAt)
    const operation = { item: item.id, kind, base: item.base ?? 0, milliseconds }
    if (value !== undefined) operation.value = value
    if (item.repeat) operation.repeat = true
    const sent = outbox.add(operation)
    const also = []
    if (kind === "label" && withAlike && at < 0) {
      for (const other of item.alike ?? []) {
        also.push({ id: other.id, seq: outbox.add({ item: other.id, kind, value, base: other.base ?? 0 }).seq })
      }
      const gone = new Set(also.map((one) => one.id))
      queue = queue.filter((one) => one === item || !gone.has(one.id))
    }
    withAlike = false
    if (kind === "flag" || kind === "note") {
      item.flagged = kind === "flag" ? !item.flagged : item.flagged
      return draw()
    }
    if (at >= 0) {
      history[at] = { ...history[at], kind, value, seq: sent.seq, number: undefined }
      at = at + 1 < history.length ? at + 1 : -1
    } else {
      history.push({ item, kind, value, seq: sent.seq, also })
      queue.shift()
    }
    draw()
  }

  function undo() {
    const last = at >= 0 ? history[at] : history.at(-1)
    if (!last) return say("Nothing to undo.")
    const named = last.seq === undefined ? { undoes_number: last.number } : { undoes: last.seq }
    outbox.add({ item: last.item.id, kind: "undo", ...named })
    for (const one of last.also ?? []) outbox.add({ item: one.id, kind: "undo", undoes: one.seq })
    history = history.filter((one) => one !== last)
    queue = [last.item, ...queue.filter((one) => one.id !== last.item.id)]
    at = -1
    withAlike = false
    draw()
  }

  function walk(step) {
    const places = history.length
    const next = (at < 0 ? places : at) + step
    at = next >= places ? -1 : Math.max(0, next)
    if (!places) at = -1
    draw()
  }

  function note() {
    const form = part("note")
    form.hidden = false
    const input = form.querySelector("input")
    input.value = ""
    input.focus()
  }

  function alikeToo() {
    if (at >= 0 || !current()?.alike?.length) return
    withAlike = !withAlike
    part("alike").setAttribute("aria-pressed", String(withAlike))
  }

  const say = (text) => (part("status").textContent = text)

  function draw() {
    const item = current()
    shownAt = performance.now()
    part("stage").replaceChildren(item ? drawItem(item) : made("p", "done", left ? "" : data.done))
    part("stage").classList.toggle("flagged", Boolean(item?.flagged))
    if (at >= 0) part("why").replaceChildren(`Answer ${at + 1} of ${history.length}`)
    else part("why").replaceChildren(...(item ? drawWhy(item) : []))
    const alike = at < 0 ? (item?.alike?.length ?? 0) : 0
    part("alike").hidden = !alike
    part("alike").lastElementChild.textContent = `Label ${alike + 1} alike`
    part("alike").setAttribute("aria-pressed", String(withAlike))
    const suggested = at < 0 ? item?.suggestion : undefined
    const given = at >= 0 ? history[at].value : undefined
    part("classes").classList.toggle("short", data.classes.every((one) => one.name.length <= 1))
    part("classes").replaceChildren(
      ...data.classes.map((one) => {
        const button = made("button", "class")
        button.type = "button"
        button.append(made("kbd", "", one.key.toUpperCase()), made("span", "", one.name))
        button.style.setProperty("--own", one.color)
        button.classList.toggle("suggested", one.name === suggested)
        button.setAttribute("aria-pressed", String(one.name === given))
        button.disabled = !item
        button.onclick = () => answer("label", one.name)
        return button
      }),
    )
    part("hint").textContent = suggested && classOf(suggested) ? `Enter: ${suggested}` : ""
    drawState()
  }

  function drawState() {
    const { saved, text } = outbox.state()
    part("saved").textContent = data.error ? `${text}. ${data.error}` : text
    part("saved").classList.toggle("waiting", !saved)
    part("count").textContent = data.count
  }

  function onKey(event) {
    const target = event.composedPath()[0]
    if (!keysOn || event.repeat || event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return
    if (target instanceof Element && target.closest("input, textarea, select, [contenteditable], [role=dialog]")) return
    if (document.querySelector('[role="dialog"]')) return
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key
    const digit = /^(?:Digit|Numpad)(\d)$/.exec(event.code)?.[1] // digits need Shift on some keyboards
    const one = data.classes.find((each) => each.key === key || each.key === digit)
    const acts = {
      Backspace: undo,
      ArrowLeft: () => walk(-1),
      ArrowRight: () => walk(1),
      Enter: () => at < 0 && current()?.suggestion && answer("label", current().suggestion),
      s: () => answer("skip"),
      x: () => answer("unsure"),
      f: () => answer("flag"),
      n: note,
      a: alikeToo,
      h: () => part("help").toggleAttribute("hidden"),
    }
    const act = one ? () => answer("label", one.name) : acts[key]
    if (!act) return
    // A focused button would act on Enter too; Streamlit has keys of its own.
    event.preventDefault()
    event.stopPropagation()
    act()
  }

  function receive(next, trigger) {
    const first = data === null
    data = next
    emit = trigger
    if (first) {
      outbox = makeOutbox({ project: data.project, send: (ops) => emit("batch", left ? { ops, left } : { ops }), changed: () => data && outbox && drawState() })
      left = leftBehind(data.project, data.page)
      waitUntil = Date.now() + WAIT_MS
      outbox.start()
      if (left && !outbox.size()) emit("batch", { ops: [], left })
      history = data.last.map((one) => ({ ...one }))
    }
    outbox.acknowledge(data.acked)
    if (left && data.took !== left && Date.now() < waitUntil) return drawState()
    const arrived = left !== null
    left = null
    remember()
    const answered = new Set(outbox.items())
    const repeated = new Set()
    for (const { seq, item } of history) {
      if (item.repeat) repeated.add(item.id)
      if (seq !== undefined) answered.add(item.id)
    }
    const isDone = (one) => (one.repeat ? repeated.has(one.id) : answered.has(one.id))
    const kept = queue.slice(0, 1 + KEPT)
    const there = new Set(kept.map((one) => one.id))
    const before = queue[0]?.id
    queue = mixed(kept, data.queue.filter((one) => !there.has(one.id) && !isDone(one)))
    if (first || arrived || queue[0]?.id !== before) draw()
    else drawState()
  }

  // The kept items and then the new ones, with audits at their distance from the last one: the store did not yet know
  // of the newest answers when it mixed the queue.
  function mixed(kept, fresh) {
    const every = data.audit_every
    if (!every) return [...kept, ...fresh]
    const before = [...history.map((one) => one.item), ...kept]
    let since = before.length - 1 - before.findLastIndex((one) => one.audit)
    const audits = fresh.filter((one) => one.audit)
    const others = fresh.filter((one) => !one.audit)
    const found = [...kept]
    while (audits.length || others.length) {
      const due = (since + 1 >= every && audits.length) || !others.length
      found.push(due ? audits.shift() : others.shift())
      since = due ? 0 : since + 1
    }
    return found
  }

  // Own answers from before a reload, or older than those at hand: undo has no end.
  function remember() {
    const busy = outbox.items()
    const known = new Set([...history, ...queue.slice(0, 1).map((item) => ({ item }))].map((one) => one.item.id))
    const older = data.last.filter((one) => !known.has(one.item.id) && !busy.has(one.item.id))
    if (history.length < data.last.length) history = [...older.map((one) => ({ ...one })), ...history]
  }

  const timer = setInterval(() => outbox && drawState(), 1000)
  const onLeave = (event) => outbox?.size() && event.preventDefault()
  document.addEventListener("keydown", onKey, true)
  window.addEventListener("beforeunload", onLeave)
  const clicks = { undo, alike: alikeToo, skip: () => answer("skip"), unsure: () => answer("unsure"), flag: () => answer("flag"), noted: note }
  for (const [name, act] of Object.entries(clicks)) part(name).onclick = act
  part("earlier").onclick = () => walk(-1)
  part("later").onclick = () => walk(1)
  part("keys").onclick = () => part("help").toggleAttribute("hidden")
  part("switch").onchange = (event) => (keysOn = event.target.checked)
  part("note").onsubmit = (event) => {
    event.preventDefault()
    const input = part("note").querySelector("input")
    if (input.value.trim()) answer("note", input.value.trim())
    part("note").hidden = true
    input.blur()
  }
  part("note").onkeydown = (event) => {
    if (event.key !== "Escape") return
    part("note").hidden = true
    event.target.blur()
  }
  return {
    root,
    receive,
    close() {
      clearInterval(timer)
      outbox?.close()
      document.removeEventListener("keydown", onKey, true)
      window.removeEventListener("beforeunload", onLeave)
    },
  }
}

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".alcore-card")
  if (!root || !data) return undefined
  if (cards.get(parentElement)?.root !== root) {
    cards.get(parentElement)?.close()
    cards.set(parentElement, makeCard(root))
  }
  cards.get(parentElement).receive(data, setTriggerValue)
  return () => {
    // Also called for a call that newer data overtook: only what left the page is closed.
    if (root.isConnected) return
    cards.get(parentElement)?.close()
    cards.delete(parentElement)
  }
}
