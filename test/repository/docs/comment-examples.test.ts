import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { expect, test } from 'vitest'
import { root } from '../tree.ts'
import { home, programOf, typeErrors } from './type-errors.ts'

interface Example {
  /** `packages/core` */
  readonly owner: string
  readonly file: string
  readonly line: number
  readonly text: string
}

/** What stands around an example without being shown: by the name that it uses, a type. */
const context: { readonly [name: string]: string } = {
  dialect: 'import("@org/migrate-core/dialect").Dialect',
  fleet: 'import("@org/migrate-fleet").Fleet',
  graph: 'import("@org/migrate-core").RevisionGraph<import("@org/migrate-core").RevisionHeader>',
  migrator: 'import("@org/migrate-core").Migrator',
  op: 'import("@org/migrate-core").OperationRecorder',
  plan: 'import("@org/migrate-core").Plan',
  recorded: 'ReadonlyMap<string, readonly import("@org/migrate-core/dialect").Operation[]>',
  schema: 'import("@org/migrate-core/dialect").SchemaModel',
  session: 'import("@org/migrate-core/dialect").ServerSession',
  text: 'string',
  tiers: 'readonly import("@org/migrate-core").Tier[]',
  url: 'string',
}

/** Of any type: tables, revisions and functions of the reader's own, and those of other modules. */
const ofReader = new Set(
  `a accounts b before db declared declaredAccounts declaredPosts declaredUsers draft eq expect history live locations migrations
  migratorOf newMigrator newTenants readFile report row runsOf s server since staging tags test upgrade writeFile`.split(
    /\s+/,
  ),
)

const folders = (['packages', 'apps'] as const).flatMap((parent) =>
  readdirSync(join(root, parent)).map((name) => `${parent}/${name}`),
)

const sourceOf = (file: string): string => readFileSync(join(root, file), 'utf8')

/** The examples in the comments of a file. */
function examplesIn(owner: string, file: string): readonly Example[] {
  const text = sourceOf(file)
  return [...text.matchAll(/\/\*\*[\s\S]*?\*\//g)].flatMap((comment) =>
    [...comment[0].matchAll(/```ts\n([\s\S]*?)```/g)].map((block) => ({
      owner,
      file,
      line: text.slice(0, comment.index + block.index).split('\n').length,
      text: (block[1] ?? '').replaceAll(/^\s*\* ?/gm, ''),
    })),
  )
}

const examples = folders.flatMap((owner) =>
  readdirSync(join(root, owner, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .flatMap((name) => examplesIn(owner, `${owner}/src/${name}`)),
)

/** The ways into the packages: `@org/migrate-core/node`. */
const entries = folders.flatMap((owner) => {
  const { name, exports = {} } = JSON.parse(sourceOf(`${owner}/package.json`)) as {
    readonly name: string
    readonly exports?: object
  }
  return Object.keys(exports).flatMap((path) => (path.endsWith('.json') ? [] : { owner, module: name + path.slice(1) }))
})

interface Exported {
  readonly owner: string
  readonly module: string
  readonly isType: boolean
}

/** What can be imported, by name. */
function exportedNames(): ReadonlyMap<string, readonly Exported[]> {
  const text = entries.map(({ module }, at) => `import * as e${at} from '${module}'`).join('\n')
  const program = programOf(new Map([['entries.ts', text]]))
  const checker = program.getTypeChecker()
  const found = new Map<string, Exported[]>()
  const statements = program.getSourceFile(join(home, 'entries.ts'))?.statements ?? []
  for (const [at, statement] of statements.entries()) {
    const module = ts.isImportDeclaration(statement) && checker.getSymbolAtLocation(statement.moduleSpecifier)
    for (const each of module ? checker.getExportsOfModule(module) : []) {
      const symbol = each.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(each) : each
      const isType = (symbol.flags & ts.SymbolFlags.Value) === 0
      found.set(each.name, [...(found.get(each.name) ?? []), { ...(entries[at] as Exported), isType }])
    }
  }
  return found
}

function isUse(id: ts.Identifier): boolean {
  const { parent } = id
  if (ts.isPropertyAccessExpression(parent) || ts.isPropertyAssignment(parent)) return parent.name !== id
  return true
}

const isDeclared = (id: ts.Identifier, parent = id.parent): boolean =>
  (ts.isVariableDeclaration(parent) ||
    ts.isFunctionDeclaration(parent) ||
    ts.isParameter(parent) ||
    ts.isBindingElement(parent) ||
    ts.isImportSpecifier(parent) ||
    ts.isImportClause(parent) ||
    ts.isNamespaceImport(parent)) &&
  parent.name === id

/** An example as a module: it imports what it uses; what is of the reader's own (`./tables.ts`) is of any type. */
function moduleOf({ owner, file, text }: Example, exported: ReadonlyMap<string, readonly Exported[]>): string {
  const source = ts.createSourceFile('example.ts', text, ts.ScriptTarget.Latest, true)
  const [used, declared] = [new Set<string>(), new Set<string>()]
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) {
      if (isDeclared(node)) declared.add(node.text)
      else if (isUse(node)) used.add(node.text)
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  const head = [...used].flatMap((name) => {
    if (declared.has(name)) return []
    const isCalled = new RegExp(`\\b${name}\\(`).test(text)
    const type = ofReader.has(name) ? 'any' : isCalled ? undefined : context[name]
    if (type !== undefined) return [`declare const ${name}: ${type}`]
    const all = exported.get(name) ?? []
    const from =
      all.find((each) => each.owner === owner) ?? all.find((each) => each.owner === 'packages/core') ?? all[0]
    if (from !== undefined) return [`import { ${from.isType ? 'type ' : ''}${name} } from '${from.module}'`]
    // The example of a function that no entry exports.
    const isOfFile = new RegExp(`^export (?:async )?(?:function|const) ${name}\\b`, 'm').test(sourceOf(file))
    return isOfFile ? [`import { ${name} } from '../${file}'`] : []
  })
  const own = text.replaceAll(/^import (.+) from '\.[^']*'$/gm, (_, names: string) =>
    [...names.matchAll(/(\w+)(?= ?[,}]|$)/g)].map(([name]) => `declare const ${name}: any`).join('; '),
  )
  return `${head.join('; ')}\n${own}\nexport {}\n`
}

test('the examples in the comments of the packages are right by their types', () => {
  const exported = exportedNames()
  const modules = examples.map((example) => {
    const name = `${example.file.replaceAll(/[/.]/g, '-')}-line-${example.line}.ts`
    return [name, moduleOf(example, exported)] as const
  })
  expect(modules.length).toBeGreaterThan(90)
  expect(typeErrors(new Map(modules))).toEqual([])
})
