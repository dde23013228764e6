import { rmSync } from 'node:fs'
import { dirname, extname, join } from 'node:path'
import { type Revision, revisions, type Tier } from '@org/migrate-core'
import { importModule, makeFile } from '@org/migrate-core/node'

/**
 * Works with a tier that has one more revision, whose file is not in the folder yet: its text lies in the same folder under a hidden name,
 * which no run reads, and is removed afterwards. The name is always the same, so that the next call removes what a killed one left.
 */
export async function withTrial<T>(
  tier: Tier,
  file: string,
  text: string,
  work: (tier: Tier) => Promise<T>,
): Promise<T> {
  const hidden = join(dirname(file), `.squash-trial${extname(file)}`)
  rmSync(hidden, { force: true })
  makeFile(hidden, text)
  try {
    const module = (await importModule(hidden)) as unknown as Revision
    const trial = revisions([{ ...module }])
    const { source } = tier
    return await work({
      ...tier,
      source: {
        ...source,
        headers: async (options) => [...(await source.headers(options)), ...(await trial.headers())],
        module: (id) => (id === module.revision ? trial.module(id) : source.module(id)),
      },
    })
  } finally {
    rmSync(hidden, { force: true })
  }
}
