"""The curve as SVG text: share of turns committed early against the delay of the others."""

WIDTH, HEIGHT = 760, 460
LEFT, RIGHT, TOP, BOTTOM = 70, 20, 40, 60
COLOURS = ["#777777", "#0b6e4f", "#c2410c", "#1d4ed8", "#7c3aed"]


def draw(points):
    """`points` is {system: [(early share, delay p50 ms, delay p90 ms)]}.

    A filled mark is the median delay, a hollow one the 90th percentile of the same setting.
    """
    longest = max((slow for line in points.values() for _, _, slow in line), default=1000)
    most = max((early for line in points.values() for early, _, _ in line), default=0.5)
    right, top = 500 * (int(longest / 500) + 1), 0.1 * (int(most * 10) + 1)

    def x(delay):
        return LEFT + (WIDTH - LEFT - RIGHT) * delay / right

    def y(early):
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * early / top

    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
             'font-family="sans-serif" font-size="12">',
             '<title>Turns committed early against the delay of the others</title>',
             f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>']
    for tick in range(0, right + 1, 500):
        parts.append(f'<line x1="{x(tick):.0f}" y1="{y(0):.0f}" x2="{x(tick):.0f}" '
                     f'y2="{TOP}" stroke="#e5e5e5"/><text x="{x(tick):.0f}" '
                     f'y="{y(0) + 18:.0f}" text-anchor="middle">{tick}</text>')
    for tick in range(0, round(top * 10) + 1):
        parts.append(f'<line x1="{LEFT}" y1="{y(tick / 10):.0f}" x2="{WIDTH - RIGHT}" '
                     f'y2="{y(tick / 10):.0f}" stroke="#e5e5e5"/><text x="{LEFT - 8}" '
                     f'y="{y(tick / 10) + 4:.0f}" text-anchor="end">{tick * 10} %</text>')
    parts.append(f'<text x="{(LEFT + WIDTH) / 2:.0f}" y="{HEIGHT - 14}" text-anchor="middle">'
                 'delay of turns not cut, ms (filled: median, hollow: 90th percentile)</text>')
    parts.append(f'<text x="{LEFT}" y="20">turns committed early</text>')
    for number, (name, line) in enumerate(points.items()):
        colour = COLOURS[number % len(COLOURS)]
        parts += system(name, sorted(line, key=lambda p: p[1]), colour, x, y, number)
    return "\n".join([*parts, "</svg>"]) + "\n"


def system(name, line, colour, x, y, number):
    path = " ".join(f"{x(delay):.1f},{y(early):.1f}" for early, delay, _ in line)
    yield f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>'
    for early, delay, slow in line:
        yield f'<circle cx="{x(delay):.1f}" cy="{y(early):.1f}" r="4" fill="{colour}"/>'
        if slow != delay:
            yield (f'<line x1="{x(delay):.1f}" y1="{y(early):.1f}" x2="{x(slow):.1f}" '
                   f'y2="{y(early):.1f}" stroke="{colour}" stroke-dasharray="2 4"/>'
                   f'<circle cx="{x(slow):.1f}" cy="{y(early):.1f}" r="4" fill="white" '
                   f'stroke="{colour}" stroke-width="2"/>')
    yield (f'<text x="{WIDTH - RIGHT - 150}" y="{TOP + 18 * (number + 1)}" fill="{colour}">'
           f'{name}</text>')
