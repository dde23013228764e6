import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Comparison, renderBody } from '@org/migrate-autogenerate'
import type { Revision } from '@org/migrate-core'
import { importModule, revisionText } from '@org/migrate-core/node'

export type WriteRevision = (
  comparison: Pick<Comparison, 'dialect' | 'changes' | 'downgrade'>,
  chain: readonly Revision[],
) => Promise<readonly Revision[]>

/** Writes the file that the command would write, in a folder from which it can import the packages, and loads it as revisions are. */
export function revisionWriter(): WriteRevision {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'migrate-written-')))
  mkdirSync(join(folder, 'node_modules/@org'), { recursive: true })
  const core = fileURLToPath(new URL('../../packages/core', import.meta.url))
  symlinkSync(core, join(folder, 'node_modules/@org/migrate-core'))
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }\n')
  // A kit may ask for it when it is imported, which is once for all files of tests in a process.
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  let files = 0
  return async ({ dialect, changes, downgrade: back }, chain) => {
    if (changes.length === 0) return chain
    files += 1
    const body = renderBody({
      upgrade: new Map([[dialect, changes.map(({ change }) => change)]]),
      ...(back.isDerived ? {} : { downgrade: new Map([[dialect, back.changes]]) }),
    })
    const parent = chain.at(-1)?.revision
    const [revision, parents] = [`written${files}`, parent === undefined ? [] : [parent]]
    const draft = { revision, parents, dependsOn: [], branchLabels: [], message: 'written', at: new Date(0) }
    const file = join(folder, `${revision}.ts`)
    writeFileSync(file, revisionText(draft, { body }))
    return [...chain, (await importModule(file)) as unknown as Revision]
  }
}
