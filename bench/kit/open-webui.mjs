// A database of Open WebUI as its 18 legacy migrations leave it, filled with generated rows.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Database, root } from './project.mjs'

const vocabulary = 'the model said that a table of chats is a list of texts and each text holds many short words'.split(
  ' ',
)

/** The same numbers in each run. */
function numbers(/** @type {number} */ seed) {
  let state = seed
  return (/** @type {number} */ below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

/** A chat as the program writes it: messages of two roles, as JSON of about `bytes` bytes. */
function chatText(/** @type {(below: number) => number} */ next, /** @type {number} */ bytes) {
  const messages = /** @type {Record<string, object>} */ ({})
  let size = 120
  for (let n = 0; size < bytes; n += 1) {
    const content = Array.from({ length: 20 + next(40) }, () => vocabulary[next(vocabulary.length)]).join(' ')
    messages[`message-${n}`] = {
      id: `message-${n}`,
      parentId: n === 0 ? null : `message-${n - 1}`,
      role: n % 2 === 0 ? 'user' : 'assistant',
      content,
      timestamp: 1717200000 + n,
    }
    size += content.length + 130
  }
  return JSON.stringify({
    id: '',
    models: ['llama3:8b'],
    options: {},
    history: { messages, currentId: null },
    tags: [],
  })
}

const id = (/** @type {string} */ kind, /** @type {number} */ n) => `${kind}-${n.toString(16).padStart(8, '0')}`

/**
 * The schema is the fixture's; its rows go, and generated ones come.
 * @param {{ path: string, chats: number, bytesEach: number, longestBytes?: number }} what
 */
export function makeOpenWebui({ path, chats, bytesEach, longestBytes }) {
  const db = new Database(path)
  db.pragma('synchronous = OFF')
  db.exec(readFileSync(join(root, 'test/kit/fixtures/openwebui/legacy-018.sql'), 'utf8'))
  db.exec(
    'DELETE FROM user; DELETE FROM auth; DELETE FROM chat; DELETE FROM chatidtag; DELETE FROM document; DELETE FROM file',
  )
  db.exec(
    'DELETE FROM function; DELETE FROM memory; DELETE FROM model; DELETE FROM prompt; DELETE FROM tag; DELETE FROM tool',
  )
  const next = numbers(7)
  const users = 200
  const insert = (/** @type {string} */ sql) => db.prepare(sql)
  db.exec('BEGIN')
  const user = insert(
    "INSERT INTO user (id, name, email, role, profile_image_url, created_at, updated_at, last_active_at) VALUES (?, ?, ?, 'user', '', 1, 1, 1)",
  )
  const tag = insert('INSERT INTO tag (id, name, user_id) VALUES (?, ?, ?)')
  for (let n = 0; n < users; n += 1) {
    user.run(id('user', n), `User ${n}`, `user${n}@example.org`)
    for (let t = 0; t < 5; t += 1) tag.run(id('tag', n * 5 + t), `Tag ${t}`, id('user', n))
  }
  const chat = insert(
    'INSERT INTO chat (id, user_id, title, chat, share_id, archived, created_at, updated_at) VALUES (?, ?, ?, ?, NULL, 0, 1717200000, 1717200000)',
  )
  const mark = insert('INSERT INTO chatidtag (id, tag_name, chat_id, user_id, timestamp) VALUES (?, ?, ?, ?, ?)')
  for (let n = 0; n < chats; n += 1) {
    const owner = id('user', n % users)
    // One in two hundred is no JSON, as real databases have them.
    const text = n % 200 === 199 ? 'not json {' : chatText(next, bytesEach)
    chat.run(id('chat', n), owner, `Chat ${n}`, text)
    if (n % 3 === 0) mark.run(id('mark', n), `Tag ${n % 5}`, id('chat', n), owner, 1717200000 + n)
  }
  if (longestBytes !== undefined) chat.run('chat-long', id('user', 0), 'Long', chatText(next, longestBytes))
  const document = insert(
    'INSERT INTO document (collection_name, name, title, filename, content, user_id, timestamp) VALUES (?, ?, ?, ?, ?, ?, 1717200000)',
  )
  const file = insert('INSERT INTO file (id, user_id, filename, meta, created_at) VALUES (?, ?, ?, ?, 1717200000)')
  for (let n = 0; n < 1000; n += 1) {
    const owner = id('user', n % users)
    document.run(id('document', n), `document-${n}`, `Document ${n}`, `${n}.pdf`, '{"tags": [{"name": "work"}]}', owner)
    file.run(
      id('file', n),
      owner,
      `${n}.pdf`,
      `{"name": "${n}.pdf", "content_type": "application/pdf", "size": ${n * 100}, "path": "/app/data/${n}.pdf"}`,
    )
  }
  db.exec('COMMIT')
  db.close()
}
