import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { root } from '../../architecture/tree.ts'

const known = new Map<string, ReadonlySet<string>>()

/** The texts of a file of tests, of those with values in them what stands before the first. */
function textsOf(file: string): ReadonlySet<string> {
  let texts = known.get(file)
  if (texts === undefined) {
    const found = new Set<string>()
    const visit = (node: ts.Node): void => {
      if (ts.isStringLiteralLike(node) || ts.isTemplateHead(node)) found.add(node.text)
      ts.forEachChild(node, visit)
    }
    visit(ts.createSourceFile(file, readFileSync(join(root, file), 'utf8'), ts.ScriptTarget.Latest))
    texts = found
    known.set(file, texts)
  }
  return texts
}

/** Whether a file has a test of that title; one that ends in a space is the beginning of several. */
export function hasTest(file: string, title: string): boolean {
  const texts = textsOf(file)
  return texts.has(title) || (title.endsWith(' ') && [...texts].some((text) => text.startsWith(title)))
}
