/** On standard error, before a process strikes itself: what crosses the boundary. */
export const strikeMark = 'strike '
