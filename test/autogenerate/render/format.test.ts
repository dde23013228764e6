import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { BodyInput } from '@org/migrate-autogenerate'
import type { Operation } from '@org/migrate-core/dialect'

import { expect, it } from 'vitest'
import { random } from '../../kit/random.ts'
import { kinds, operation } from '../../unit/operations/generate.ts'
import { base } from '../../unit/operations/kinds-world.ts'
import { everything } from './everything.ts'
import { projectFolder, rendered, singleBody } from './kit.ts'
import { typical } from './typical.ts'

const project = projectFolder()
const biome = fileURLToPath(new URL('../../../node_modules/.bin/biome', import.meta.url))
const settings = {
  root: true,
  formatter: { indentStyle: 'space', indentWidth: 2, lineWidth: 100 },
  javascript: { formatter: { quoteStyle: 'single', semicolons: 'asNeeded', trailingCommas: 'all' } },
  linter: { enabled: false },
}

const randomly = (seed: number): readonly Operation[] => {
  const r = random(seed)
  return Array.from({ length: 100 }, () => operation(r, base, r.pick(kinds.filter((kind) => kind !== 'run'))))
}

const inputs = new Map<string, BodyInput>([
  ['everything', singleBody(everything)],
  ...Array.from({ length: 10 }, (_, seed): [string, BodyInput] => [`random${seed}`, singleBody(randomly(seed))]),
  ...Object.entries(typical),
])

/** The texts as Biome leaves them. */
function formatted(folder: string, fileTexts: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const home = join(project.path, folder)
  mkdirSync(home)
  writeFileSync(join(home, 'biome.json'), JSON.stringify(settings))
  for (const [name, text] of fileTexts) writeFileSync(join(home, `${name}.ts`), text)
  execFileSync(biome, ['check', '--write', '.'], { cwd: home, stdio: 'pipe' })
  return new Map([...fileTexts.keys()].map((name) => [name, readFileSync(join(home, `${name}.ts`), 'utf8')]))
}

const written = (lineWidth: number): ReadonlyMap<string, string> =>
  new Map([...inputs].map(([name, input]) => [name, rendered({ ...input, lineWidth })]))

it('a formatter changes nothing, neither lines nor imports', () => {
  expect(formatted('as-it-is', written(100))).toEqual(written(100))
})

it('lines are broken where a formatter breaks them, and nowhere else', () => {
  const long = written(100_000)
  expect(long).not.toEqual(written(100))
  expect(formatted('long-lines', long)).toEqual(written(100))
})
