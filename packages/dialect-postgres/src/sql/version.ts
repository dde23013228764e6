/** What a server of some major version can do; the newest is assumed where none is connected. */
export interface Features {
  /** NULLS NOT DISTINCT. */
  readonly nullsNotDistinct: boolean
  /** `security_invoker` of views. */
  readonly invokers: boolean
  /** A scale of `numeric` below zero, or above the precision. */
  readonly anyScale: boolean
  /** ALTER COLUMN … SET EXPRESSION. */
  readonly setExpression: boolean
  /** GENERATED ALWAYS AS (…) VIRTUAL. */
  readonly virtualColumns: boolean
}

export const newestMajor = 18

/** The release notes: 15 has the first three, 17 SET EXPRESSION, 18 virtual generated columns. */
export function featuresOf(major: number): Features {
  return {
    nullsNotDistinct: major >= 15,
    invokers: major >= 15,
    anyScale: major >= 15,
    setExpression: major >= 17,
    virtualColumns: major >= 18,
  }
}
