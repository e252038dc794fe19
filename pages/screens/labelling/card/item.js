// One item, large: a text with highlighted words, an image, or a row of a table as a card.

const made = (tag, className, text) => {
  const node = document.createElement(tag)
  if (className) node.className = className
  if (text !== undefined) node.textContent = text // never as HTML: items are other people's
  return node
}

// A text into a node, its keywords marked: [start, end, weight] each.
function withMarks(node, text, marks) {
  let at = 0
  for (const [start, end, weight] of marks ?? []) {
    node.append(text.slice(at, start))
    const mark = made("mark", "", text.slice(start, end))
    mark.style.setProperty("--weight", Math.min(1, Math.abs(weight)))
    node.append(mark)
    at = end
  }
  node.append(text.slice(at))
  return node
}

const drawText = (item) => withMarks(made("p", "text"), item.text, item.marks)

function drawImage(item) {
  const node = made("img", item.pixelated ? "image pixels" : "image")
  node.src = item.image
  node.alt = item.alt ?? "the image to label"
  return node
}

function drawRow(item) {
  const node = made("dl", "row")
  for (const [name, value] of item.fields) {
    node.append(made("dt", "", name), withMarks(made("dd"), value, item.field_marks?.[name]))
  }
  return node
}

function drawItem(item) {
  if (item.image) return drawImage(item)
  return item.fields ? drawRow(item) : drawText(item)
}

// Why an item is shown: a sentence, the likeliest classes, and the most similar labelled item.
function drawWhy(item) {
  const nodes = []
  if (item.likeliest?.length) {
    const shares = made("span", "likeliest")
    for (const [name, share] of item.likeliest) {
      const one = made("span", "share")
      one.append(made("b", "", name), ` ${Math.round(100 * share)} %`)
      shares.append(one)
    }
    nodes.push(shares)
  }
  if (item.why) nodes.push(made("span", "", item.why))
  if (item.near) {
    const near = made("span", "near", "nearest label: ")
    if (item.near.image) {
      const image = made("img", item.near.pixelated ? "pixels" : "")
      image.src = item.near.image
      image.alt = ""
      near.append(image)
    } else if (item.near.text) near.append(made("q", "", item.near.text), " ")
    near.append(made("b", "", item.near.label))
    nodes.push(near)
  }
  return nodes
}
