export default function KeyHelp({ onClose }: { onClose: () => void }) { return <button onClick={onClose}>keys</button>; }
