import { type messages, PGlite, protocol } from '@electric-sql/pglite'

const { serialize } = protocol

export interface Field {
  readonly name: string
  /** 0 where the value is computed. */
  readonly tableID: number
  readonly dataTypeID: number
}

export interface QueryAnswer {
  readonly fields: readonly Field[]
  readonly rows: readonly (readonly (string | null)[])[]
  /** Rows that were changed. */
  readonly changes: number
}

export type Parameter = (type: number) => string | null

/**
 * One database in this process. Its statements go as messages of PostgreSQL's protocol, because only they tell a column from
 * something computed, and give every value as the text that the server prints.
 */
export class Engine {
  readonly #pglite: Promise<PGlite>
  #turn: Promise<void> = Promise.resolve()

  constructor() {
    this.#pglite = PGlite.create()
    // The first use reports it.
    this.#pglite.catch(() => undefined)
  }

  /** Waits for all earlier callers; gives the function that lets the next one in. */
  async take(): Promise<() => void> {
    const before = this.#turn
    let free = (): void => undefined
    this.#turn = new Promise((resolve) => {
      free = resolve
    })
    await before
    return free
  }

  /** One statement with its values as text. Throws the server's own error, with its SQLSTATE as `code`. */
  async send(sql: string, parameters: readonly Parameter[] = []): Promise<QueryAnswer> {
    const types = parameters.length === 0 ? [] : await this.#typesOf(sql)
    const values = parameters.map((give, at) => give(types[at] ?? 0))
    const replies = await this.#exchange(
      serialize.parse({ text: sql }),
      serialize.bind({ values }),
      serialize.describe({ type: 'P' }),
      serialize.execute({}),
    )
    const fields: Field[] = []
    const rows: (readonly (string | null)[])[] = []
    let changes = 0
    for (const reply of replies) {
      if (reply.name === 'rowDescription') fields.push(...(reply as messages.RowDescriptionMessage).fields)
      if (reply.name === 'dataRow') rows.push((reply as messages.DataRowMessage).fields)
      if (reply.name === 'commandComplete') changes = changed((reply as messages.CommandCompleteMessage).text)
    }
    return { fields, rows, changes }
  }

  async #typesOf(sql: string): Promise<readonly number[]> {
    const replies = await this.#exchange(serialize.parse({ text: sql }), serialize.describe({ type: 'S' }))
    const description = replies.find(({ name }) => name === 'parameterDescription')
    return description === undefined ? [] : (description as messages.ParameterDescriptionMessage).dataTypeIDs
  }

  async #exchange(...parts: readonly Uint8Array[]): Promise<readonly messages.BackendMessage[]> {
    const engine = await this.#pglite
    const message = Buffer.concat([...parts, serialize.sync()])
    const { messages: replies } = await engine.execProtocol(message)
    return replies
  }

  /** Several statements as they are, for a test or a shell. */
  async script(sql: string): Promise<readonly Record<string, unknown>[]> {
    const free = await this.take()
    try {
      const results = await (await this.#pglite).exec(sql)
      return (results.at(-1)?.rows ?? []) as Record<string, unknown>[]
    } finally {
      free()
    }
  }

  async close(): Promise<void> {
    await (await this.#pglite).close()
  }
}

/** `INSERT 0 3`, `UPDATE 2`; a SELECT changes nothing. */
function changed(tag: string): number {
  const match = /^(?:INSERT \d+|UPDATE|DELETE|MERGE) (\d+)$/.exec(tag)
  return match === null ? 0 : Number(match[1])
}
