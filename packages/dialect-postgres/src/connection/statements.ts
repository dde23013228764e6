import { isSignificant, lexSql, MigrateError, spellPlaceholders } from '@org/migrate-core/connection'
import type { SqlValue } from '@org/migrate-core/dialect'
import { grammar } from '../sql/grammar.ts'
import { quote } from '../sql/quote.ts'
import { storable } from '../sql/text.ts'

interface CachedStatement {
  readonly text: string
  /** What is sent without parameters: a question mark is an operator of the author's then. */
  readonly plain: string
  readonly placeholders: number
  readonly ofRows: boolean
  uses: number
}

const cachedStatements = 200

const ofRows = new Set(['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'MERGE', 'WITH', 'VALUES', 'TABLE', '('])

/** COPY that speaks with its client would take the connection over: the driver gives a stream in the place of an answer. */
function refuseCopy(keywords: readonly string[]): void {
  if (keywords[0] !== 'COPY' || !keywords.some((word) => word === 'STDIN' || word === 'STDOUT')) return
  const why = 'COPY from or to its client sends a stream, and a session sends statements'
  throw new MigrateError('UNSUPPORTED', { dialect: 'postgres', operation: 'COPY', why }, why, {
    remedy: 'Use INSERT, or COPY from a file of the server.',
  })
}

/** A statement with its values in its text; without values a question mark is an operator. */
export function withValues(sql: string, params: readonly SqlValue[]): string {
  return spellPlaceholders(sql, grammar, (at) =>
    params.length === 0 ? '?' : quote.literal(params[at - 1] ?? null).text,
  )
}

/**
 * The texts that a session sends. One with parameters that comes again is prepared under a name: it takes one round trip then,
 * where the first takes two. What is prepared knows the types of its columns, so that DDL, of which the server tells only later
 * ("cached plan must not change result type", which ends the transaction), is followed by other names.
 */
export class Statements {
  readonly #named: boolean
  readonly #cache = new Map<string, CachedStatement>()
  #generation = 0

  constructor(named: boolean) {
    this.#named = named
  }

  /** Throws TypeError where the number of parameters is wrong, UNSUPPORTED for a COPY of the client and a text that cannot be sent. */
  spell(sql: string, params: number): { readonly text: string; readonly named: boolean } {
    const statement = this.#cache.get(sql) ?? this.#read(sql)
    if (params > 0 && statement.placeholders !== params) {
      throw new TypeError(
        `the statement has ${statement.placeholders} placeholders, and ${params} parameters were given`,
      )
    }
    const text = params === 0 ? statement.plain : statement.text
    if (!statement.ofRows) {
      this.forget()
      return { text, named: false }
    }
    statement.uses += 1
    if (!this.#named || params === 0 || statement.uses === 1) return { text, named: false }
    return { text: this.#generation === 0 ? statement.text : `${statement.text}\n--${this.#generation}`, named: true }
  }

  /** Names no prepared statement again: tables are, or may be, others than they were. */
  forget(): void {
    this.#generation += 1
    for (const each of this.#cache.values()) each.uses = 0
  }

  #read(sql: string): CachedStatement {
    const keywords = lexSql(storable(sql), grammar)
      .filter(isSignificant)
      .map(({ text }) => text.toUpperCase())
    refuseCopy(keywords)
    let placeholders = 0
    const text = spellPlaceholders(sql, grammar, (at) => {
      placeholders = at
      return `$${at}`
    })
    const plain = placeholders === 0 ? text : spellPlaceholders(sql, grammar, () => '?')
    const statement = { text, plain, placeholders, ofRows: ofRows.has(keywords[0] ?? ''), uses: 0 }
    if (!statement.ofRows) return statement
    if (this.#cache.size >= cachedStatements) this.#cache.delete(this.#cache.keys().next().value as string)
    this.#cache.set(sql, statement)
    return statement
  }
}
