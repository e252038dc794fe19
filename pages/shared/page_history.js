// Entries of the browser's history are made by links that are clicked, one each. Streamlit makes one of each change of
// the address by the server as well: half-way to another screen, whose Back has lost the settings; for each control that
// is set as it was left; for a link that is corrected; and on an old link, which leads on again from its Back.

function keepHistoryWhole() {
  if (history.alcoreWhole) return
  history.alcoreWhole = true
  const { pushState: push, replaceState: replace } = history
  const pathOf = (url) => new URL(url, location.href).pathname
  let clicked = "" // the path of a link whose address is not there yet
  addEventListener("click", (event) => {
    const link = event.target.closest?.("[data-testid=stPageLink] a[href]")
    const here = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey
    if (link && here) clicked = pathOf(link.href)
  }, true)
  history.pushState = (state, title, url) => {
    const isOfPage = pathOf(url) === location.pathname
    if (isOfPage && clicked && clicked !== location.pathname) return
    const enter = clicked ? push : replace
    clicked = ""
    enter.call(history, state, title, url)
  }
}
