/*
 * Why cells of a grid have no case. Those of the first part follow from what the thing is; the others say what is not done.
 */

export const nameless = 'it has no name'
export const named = 'the row `name` has it'
const isOrNot = 'it is there or it is not'
export const always = 'there is one, always'
export const parts = 'what can change of it has rows of its own'
const isRenamed = 'a name is changed: it is a rename'

export const obvious: ReadonlySet<string> = new Set([nameless, named, isOrNot, always, parts, isRenamed])

export const silent = 'no declaration can express it, so it is never changed'
export const notCompared = 'it is reported, and not compared'

export const flag = { change: isOrNot, rename: nameless }
export const value = { rename: nameless }
export const onlyName = { add: isRenamed, drop: isRenamed, change: isRenamed }
export const undeclared = { add: silent, drop: silent, change: silent, rename: silent }
