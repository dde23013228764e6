import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { root } from '../../repository/tree.ts'

const cached = new Map<string, ReadonlySet<string>>()

/** The texts of a file of tests, of those with values in them what stands before the first. */
function textsOf(file: string): ReadonlySet<string> {
  let literals = cached.get(file)
  if (literals === undefined) {
    const titles = new Set<string>()
    const visit = (node: ts.Node): void => {
      if (ts.isStringLiteralLike(node) || ts.isTemplateHead(node)) titles.add(node.text)
      ts.forEachChild(node, visit)
    }
    visit(ts.createSourceFile(file, readFileSync(join(root, file), 'utf8'), ts.ScriptTarget.Latest))
    literals = titles
    cached.set(file, literals)
  }
  return literals
}

/** Whether a file has a test of that title; one that ends in a space is the beginning of several. */
export function hasTest(file: string, title: string): boolean {
  const literals = textsOf(file)
  return literals.has(title) || (title.endsWith(' ') && [...literals].some((text) => text.startsWith(title)))
}
