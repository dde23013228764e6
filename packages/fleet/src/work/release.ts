import type { Tier } from '@org/migrate-core'
import { sha256 } from '@org/migrate-core/internal'

/** What jobs hold: a worker of another format must not take them. */
const format = 1

/** Names a set of revisions: it differs where one of them was added, removed or edited. */
export async function releaseOf(tiers: readonly Tier[]): Promise<string> {
  const parts: unknown[] = [format]
  for (const { name, source } of tiers) {
    for (const { revision, parents, dependsOn, textHash } of await sorted(source)) {
      // Revisions that are values have no file: they are loaded already.
      const own = textHash ?? sourceText(await source.module(revision))
      parts.push([name, revision, parents, dependsOn, own])
    }
  }
  return sha256(JSON.stringify(parts)).slice(0, 12)
}

async function sorted(source: Tier['source']) {
  return [...(await source.headers())].sort((a, b) => (a.revision < b.revision ? -1 : 1))
}

function sourceText(module: object): string {
  return Object.values(module)
    .map((each: unknown) => (typeof each === 'function' ? String(each) : JSON.stringify(each)))
    .join('\n')
}
