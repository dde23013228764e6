/** A test that shows it: a file below test/, and its title (of one with values in it, what stands before the first of them). */
export type Proof = readonly [file: string, title: string]

/** What Alembic has, and what stands for it here. */
export interface Row {
  readonly alembic: string
  readonly ours: string
  readonly differs: string
  readonly by: readonly Proof[]
}

export interface Section {
  readonly title: string
  readonly intro?: string
  readonly rows: readonly Row[]
}

export const row = (alembic: string, ours: string, differs: string, ...by: readonly Proof[]): Row => ({
  alembic,
  ours,
  differs,
  by,
})

/** What is not here, and why it is not needed. */
export const absent = (alembic: string, why: string): Row => ({
  alembic,
  ours: '',
  differs: `Not here, because ${why}`,
  by: [],
})
