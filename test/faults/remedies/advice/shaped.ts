/** The words of an advice of the sources; `…` stands for what is put in at run time. */
export const shaped = (advice: string): RegExp =>
  new RegExp(
    advice
      .split('…')
      .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
      .join('[^]*'),
  )
