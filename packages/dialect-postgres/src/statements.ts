import { isSignificant, lexSql, MigrateError, type SqlValue, spellPlaceholders } from '@org/migrate-core/dialect'
import { grammar } from './grammar.ts'
import { quote } from './quote.ts'
import { storable } from './text.ts'

interface Known {
  readonly text: string
  readonly placeholders: number
  readonly ofRows: boolean
  uses: number
}

const cachedStatements = 200

const ofRows = new Set(['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'MERGE', 'WITH', 'VALUES', 'TABLE', '('])

/** COPY that speaks with its client would take the connection over: the driver gives a stream in the place of an answer. */
function refuseCopy(words: readonly string[]): void {
  if (words[0] !== 'COPY' || !words.some((word) => word === 'STDIN' || word === 'STDOUT')) return
  const why = 'COPY from or to its client sends a stream, and a session sends statements'
  throw new MigrateError('UNSUPPORTED', { dialect: 'postgres', operation: 'COPY', why }, why, {
    remedy: 'Use INSERT, or COPY from a file of the server.',
  })
}

/** A statement with its values in its text. */
export function withValues(sql: string, params: readonly SqlValue[]): string {
  return spellPlaceholders(sql, grammar, (at) => quote.literal(params[at - 1] ?? null).text)
}

/**
 * The texts that a session sends. One with parameters that comes again is prepared under a name: it takes one round trip then,
 * where the first takes two. What is prepared knows the types of its columns, so that DDL, of which the server tells only later
 * ("cached plan must not change result type", which ends the transaction), is followed by other names.
 */
export class Statements {
  readonly #named: boolean
  readonly #known = new Map<string, Known>()
  #generation = 0

  constructor(named: boolean) {
    this.#named = named
  }

  /** Throws TypeError where the number of parameters is wrong, UNSUPPORTED for a COPY of the client and a text that cannot be sent. */
  spell(sql: string, params: number): { readonly text: string; readonly named: boolean } {
    const known = this.#known.get(sql) ?? this.#read(sql)
    if (known.placeholders !== params) {
      throw new TypeError(`the statement has ${known.placeholders} placeholders, and ${params} parameters were given`)
    }
    if (!known.ofRows) {
      this.forget()
      return { text: known.text, named: false }
    }
    known.uses += 1
    if (!this.#named || params === 0 || known.uses === 1) return { text: known.text, named: false }
    return { text: this.#generation === 0 ? known.text : `${known.text}\n--${this.#generation}`, named: true }
  }

  /** Names no prepared statement again: tables are, or may be, others than they were. */
  forget(): void {
    this.#generation += 1
    for (const each of this.#known.values()) each.uses = 0
  }

  #read(sql: string): Known {
    const words = lexSql(storable(sql), grammar)
      .filter(isSignificant)
      .map(({ text }) => text.toUpperCase())
    refuseCopy(words)
    let placeholders = 0
    const text = spellPlaceholders(sql, grammar, (at) => {
      placeholders = at
      return `$${at}`
    })
    const known = { text, placeholders, ofRows: ofRows.has(words[0] ?? ''), uses: 0 }
    if (!known.ofRows) return known
    if (this.#known.size >= cachedStatements) this.#known.delete(this.#known.keys().next().value as string)
    this.#known.set(sql, known)
    return known
  }
}
