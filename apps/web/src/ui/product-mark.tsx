/** A safe's door with its wheel: ring, hub and three handles. */
export function ProductMark(props: { size?: number }) {
  return (
    <svg
      viewBox="0 0 24 24"
      width={props.size ?? 24}
      height={props.size ?? 24}
      class="shrink-0 text-primary"
      aria-hidden="true"
    >
      <rect width="24" height="24" rx="6.5" fill="currentColor" />
      <g fill="none" stroke="var(--color-primary-content)" stroke-width="1.7" stroke-linecap="round">
        <circle cx="12" cy="12" r="4.7" />
        <path d="M12 12L12.00 4.60M12 12L18.41 15.70M12 12L5.59 15.70" />
      </g>
      <circle cx="12" cy="12" r="1.9" fill="var(--color-primary-content)" />
    </svg>
  );
}
