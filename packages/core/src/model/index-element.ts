/** One element of an index: a column or an expression, never both. */
export interface IndexElement {
  readonly column?: string
  readonly expression?: string
  readonly order?: 'asc' | 'desc'
  readonly nulls?: 'first' | 'last'
  readonly collation?: string
  readonly operatorClass?: string
  /** MySQL: how many characters of the column are indexed. */
  readonly prefixLength?: number
}
