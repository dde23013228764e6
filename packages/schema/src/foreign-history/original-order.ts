/**
 * The order in which the original program runs its revisions. Ours is another chain under the same ids: a stamp means
 * all revisions up to it in this order, which no set of ours equals.
 */
const originalOrder = [
  '7e5b5dc7342b',
  'ca81bd47c050',
  'c0fbf31ca0db',
  '6a39f3d8e55c',
  '242a2047eae0',
  '1af9b942657b',
  '3ab32c4b8f59',
  'c69f45358db4',
  'c29facfe716b',
  'af906e964978',
  '4ace53fd72c8',
  '922e7a387820',
  '57c599a3cb57',
  '7826ab40b532',
  '3781e22d8b01',
  '9f0c9cd09105',
  'd31026856c01',
] as const

/** What comes after the line above: on the original's own branch, and on that of a fork. */
const branches: readonly (readonly string[])[] = [['3af16a1c9fb6'], ['10vr9xyets5m', '3ff60f68c4f4', 'e223b100ad81']]

/**
 * The revisions that a stamp says are done, in the order in which they ran; undefined for a stamp that is none of the
 * 21 ids. What ran between `d31026856c01` and `3af16a1c9fb6` has no name here.
 */
export function doneAt(stamp: string): readonly string[] | undefined {
  const at = (originalOrder as readonly string[]).indexOf(stamp)
  if (at !== -1) return originalOrder.slice(0, at + 1)
  for (const branch of branches) {
    const on = branch.indexOf(stamp)
    if (on !== -1) return [...originalOrder, ...branch.slice(0, on + 1)]
  }
  return undefined
}
