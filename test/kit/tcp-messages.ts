/** What a stream of bytes of one direction is made of. */
export interface Message {
  /** PostgreSQL: the letter of its type; MySQL: the number of the first byte. */
  readonly kind: string
  readonly body: Buffer
  /** All of it, as it continues. */
  readonly bytes: Buffer
}

export type Protocol = 'postgres' | 'mysql'

/** Takes bytes as they come, and gives the messages that are complete. */
export type Splitter = (data: Buffer) => readonly Message[]

/** Gives the length of the first message in the bytes and where its kind and its body are; undefined: not all of it is there. */
type Cut = (held: Buffer) => { readonly length: number; readonly kind: string; readonly from: number } | undefined

function splitter(cut: Cut): Splitter {
  let held = Buffer.alloc(0)
  return (data) => {
    held = Buffer.concat([held, data])
    const messages: Message[] = []
    for (let next = cut(held); next !== undefined && held.length >= next.length; next = cut(held)) {
      const bytes = held.subarray(0, next.length)
      messages.push({ kind: next.kind, body: bytes.subarray(next.from), bytes })
      held = held.subarray(next.length)
    }
    return messages
  }
}

/** https://www.postgresql.org/docs/current/protocol-message-formats.html: a type byte, and a length that counts itself. */
const typed: Cut = (held) =>
  held.length < 5 ? undefined : { length: held.readUInt32BE(1) + 1, kind: String.fromCharCode(held[0] ?? 0), from: 5 }

/** What a client sends first has no type: SSLRequest (which may be refused, and is followed by another), and the startup. */
function postgresClient(): Splitter {
  const sslRequest = 80877103
  let isStarted = false
  return splitter((held) => {
    if (isStarted) return typed(held)
    if (held.length < 8) return undefined
    const length = held.readUInt32BE(0)
    if (held.length >= length && held.readUInt32BE(4) !== sslRequest) isStarted = true
    return { length, kind: 'startup', from: 8 }
  })
}

/** https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_basic_packets.html: three bytes of length, one of sequence. */
const packet: Cut = (held) =>
  held.length < 4 ? undefined : { length: held.readUIntLE(0, 3) + 4, kind: String(held[4] ?? ''), from: 4 }

export const clientSplitter: { readonly [P in Protocol]: () => Splitter } = {
  postgres: postgresClient,
  mysql: () => splitter(packet),
}

/** Connections go through without TLS, so the server of PostgreSQL says nothing that has no type. */
export const serverSplitter: { readonly [P in Protocol]: () => Splitter } = {
  postgres: () => splitter(typed),
  mysql: () => splitter(packet),
}
