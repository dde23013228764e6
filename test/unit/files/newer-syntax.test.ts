import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { bundleImporter, loadAll, putFiles } from './plain-node.ts'

let bundle: string
let project: string

beforeAll(async () => {
  bundle = await bundleImporter()
})
afterAll(() => rmSync(bundle, { recursive: true }))
beforeEach(() => {
  project = realpathSync(mkdtempSync(join(tmpdir(), 'syntax-')))
  mkdirSync(join(project, 'node_modules'))
})
afterEach(() => rmSync(project, { recursive: true, force: true }))

/** As the command line loads. */
const load = (name: string) => loadAll(bundle, [join(project, name)], { before: 'importCompiled()' })[0]

// Node 20 and 22 have no `using`; the transform calls a package for it that no project has.
describe('using in TypeScript', () => {
  const resources = `export const log: string[] = []
const sync = (name: string) => ({ [Symbol.dispose]() { log.push(name) } })
const later = (name: string) => ({ async [Symbol.asyncDispose]() { await null; log.push(name) } })
const broken = (name: string) => ({ [Symbol.dispose]() { throw new Error(name) } })
`
  const run = (body: string) => {
    putFiles(project, { 'a.ts': `${resources}async function run() {\n${body}\n}\nawait run()\n` })
    return load('a.ts')
  }

  test('disposes from the last to the first, in time where it awaits', () => {
    const body = `  using a = sync('a')
  await using b = later('b')
  await using c = sync('c')
  using nothing = null
  for (using each of [sync('d'), sync('e')]) log.push('in')
  log.push('end')`
    expect(run(body)).toMatchObject({ log: ['in', 'd', 'in', 'e', 'end', 'c', 'b', 'a'] })
  })

  test('at the end of a module too', () => {
    putFiles(project, { 'a.ts': `${resources}using top = sync('top')\nlog.push('module')\n` })
    expect(load('a.ts')).toMatchObject({ log: ['module', 'top'] })
  })

  test('an error of the block is thrown after the disposal, and those of the disposal name what they suppress', () => {
    const body = `  try {
    using a = sync('a')
    throw new Error('mine')
  } catch (error) { log.push(error.message) }
  try {
    using a = sync('a')
    using b = broken('b')
    using c = broken('c')
    throw new Error('mine')
  } catch (error) { log.push(error.name, error.error.message, error.suppressed.error.message, error.suppressed.suppressed.message) }
  try {
    await using a = broken('late')
  } catch (error) { log.push(error.message) }`
    expect(run(body)).toMatchObject({ log: ['a', 'mine', 'a', 'SuppressedError', 'b', 'c', 'mine', 'late'] })
  })

  test('what cannot be disposed is refused where it is declared', () => {
    const body = `  for (const value of [1, {}]) {
    try { using a = value; log.push('declared') } catch (error) { log.push(error.name) }
  }`
    expect(run(body)).toMatchObject({ log: ['TypeError', 'TypeError'] })
  })
})

// A schema takes its enum from a DTO or an entity, whose decorators Node cannot run.
describe('decorators', () => {
  const entity = `export enum Role { Admin = 'admin' }
export const log: unknown[] = []
const on = (name: string) => (target: any, key?: any, third?: any) => { log.push([name, key, typeof third]) }
const replaced = (target: any, key: string, descriptor: PropertyDescriptor) => ({ ...descriptor, value: () => 'replaced' })
@on('class')
export class User {
  @on('property') name!: string
  constructor(@on('parameter') private readonly id: number) {}
  @on('method') @replaced greet(): string { return 'hi' }
}
log.push(new User(1).greet())
`
  const files = { 'schema.ts': "export { Role, log } from './user.entity'\n", 'user.entity.ts': entity }

  test.each([
    ['its own', { 'tsconfig.json': '{ "compilerOptions": { "experimentalDecorators": true } }' }],
    [
      'an extended',
      {
        'tsconfig.json': '{ "extends": "./base" }',
        'base.json':
          '{ // as Nest makes it\n "compilerOptions": { "experimentalDecorators": true, "emitDecoratorMetadata": true, }, }',
      },
    ],
  ])('are compiled as %s tsconfig.json has it', (_which, configuration) => {
    putFiles(project, { ...files, ...configuration })
    expect(load('schema.ts')).toMatchObject({
      Role: { Admin: 'admin' },
      log: [
        ['property', 'name', 'undefined'],
        ['method', 'greet', 'object'],
        ['parameter', null, 'number'],
        ['class', null, 'undefined'],
        'replaced',
      ],
    })
  })

  test('are compiled from the time on that tsconfig.json has it', () => {
    putFiles(project, { ...files, 'tsconfig.json': '{}' })
    expect(load('schema.ts')).toMatchObject({ code: 'REVISION_IMPORT_FAILED' })
    putFiles(project, { 'tsconfig.json': '{ "compilerOptions": { "experimentalDecorators": true } }' })
    expect(load('schema.ts')).toMatchObject({ Role: { Admin: 'admin' } })
  })
})
