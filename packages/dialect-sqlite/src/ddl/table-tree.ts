import type { Deferrable, ReferentialAction } from '@org/migrate-core/dialect'
import type { NameSpan, Span } from './cursor.ts'

/** REFERENCES … of a column or a table constraint. */
export interface ParsedReference {
  readonly table: NameSpan
  readonly columns: readonly NameSpan[]
  readonly onDelete?: ReferentialAction
  readonly onUpdate?: ReferentialAction
  readonly match?: string
  readonly deferrable?: Deferrable
}

interface Part extends Span {
  /** Of CONSTRAINT name; the span of the part begins at the word CONSTRAINT. */
  readonly name?: NameSpan
}

/** One constraint of a column, with where it stands. */
export type ColumnPart = Part &
  (
    | { readonly kind: 'notNull' | 'null' | 'unique' | 'bareName' }
    | { readonly kind: 'primaryKey'; readonly autoIncrement?: Span; readonly order: 'asc' | 'desc' }
    | { readonly kind: 'check'; readonly expression: Span }
    /** `value` is what follows DEFAULT; `expression` is set where it stands in parentheses: what is between them. */
    | { readonly kind: 'default'; readonly value: Span; readonly expression?: Span }
    | { readonly kind: 'collate'; readonly collation: NameSpan }
    | { readonly kind: 'generated'; readonly expression: Span; readonly stored: boolean }
    | { readonly kind: 'references'; readonly reference: ParsedReference }
    /**
     * Of the last REFERENCES before it, also of another column: other constraints may stand between them, and from 3.54 on DROP CONSTRAINT
     * of a foreign key leaves a NOT DEFERRABLE in the text. https://www.sqlite.org/src/file/src/parse.y (`ccons ::= defer_subclause`)
     */
    | { readonly kind: 'deferral'; readonly deferrable: Deferrable | 'not' }
  )

export type ColumnPartKind = ColumnPart['kind']
export type ColumnPartOf<K extends ColumnPartKind> = ColumnPart & { readonly kind: K }

interface ParsedItem extends Span {
  /** Where the comma after it stands; table constraints may follow each other without one. */
  readonly comma?: number
}

export interface ParsedColumn extends ParsedItem {
  readonly name: NameSpan
  readonly type?: Span
  readonly parts: readonly ColumnPart[]
}

/** A column in the list of a PRIMARY KEY or UNIQUE table constraint. */
export interface ParsedKeyColumn extends Span {
  readonly name: NameSpan
}

export type ParsedTableConstraint = ParsedItem & {
  readonly name?: NameSpan
} & (
    | { readonly kind: 'primaryKey'; readonly columns: readonly ParsedKeyColumn[]; readonly autoIncrement?: Span }
    | { readonly kind: 'unique'; readonly columns: readonly ParsedKeyColumn[] }
    | { readonly kind: 'check'; readonly expression: Span }
    | { readonly kind: 'foreignKey'; readonly columns: readonly NameSpan[]; readonly reference: ParsedReference }
    | { readonly kind: 'bareName' }
  )

/** A CREATE TABLE text, read: every part with its place in the text. */
export interface ParsedTable {
  readonly source: string
  readonly name: NameSpan
  /** The parentheses around the body. */
  readonly openParen: number
  readonly closeParen: number
  readonly columns: readonly ParsedColumn[]
  readonly constraints: readonly ParsedTableConstraint[]
  readonly options: readonly (Span & { readonly option: 'strict' | 'withoutRowid' })[]
}
