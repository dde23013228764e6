import { existsSync, readFileSync, writeFileSync } from 'node:fs'

const file = new URL('./figures.json', import.meta.url)

/** What a run with every figure in full has found; the docs say it. */
export interface Recorded {
  readonly [what: string]: { readonly [server: string]: { readonly [count: string]: number } }
}

export function recorded(): Recorded {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Recorded) : {}
}

/** With UPDATE_DOCS=1 and every case of TEST_SCALE=long; a test that runs a part of them writes nothing. */
export function record(what: string, server: string, counts: { readonly [count: string]: number }): void {
  if (process.env.UPDATE_DOCS !== '1' || process.env.TEST_SCALE !== 'long') return
  const all = recorded()
  const next = { ...all, [what]: { ...all[what], [server]: counts } }
  writeFileSync(file, `${JSON.stringify(next, undefined, 2)}\n`)
}
