/** How far a job is; before the first byte and without a total it moves and says only that it works. The words beside it are a polite live region. */
export function ProgressBar(props: {
  label: string;
  bytes: number;
  totalBytes: number | null;
  class?: string;
}) {
  const share = () => {
    if (props.bytes === 0 || props.totalBytes === null || props.totalBytes <= 0) return undefined;
    return Math.min(100, Math.round((100 * props.bytes) / props.totalBytes));
  };
  return (
    <div
      role="progressbar"
      aria-label={props.label}
      aria-valuemin="0"
      aria-valuemax="100"
      aria-valuenow={share()}
      class={`progress-track ${props.class ?? ""}`}
    >
      <div
        class={`progress-fill ${share() === undefined ? "is-unknown" : ""}`}
        style={share() === undefined ? {} : { width: `${share()}%` }}
      />
    </div>
  );
}
