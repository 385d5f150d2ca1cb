"""XXH64 with seed 0, after its specification."""

MASK = 2**64 - 1
P1, P2, P3 = 11400714785074694791, 14029467366897019727, 1609587929392839161
P4, P5 = 9650029242287828579, 2870177450012600261


def rotated(value, bits):
    return (value << bits | value >> (64 - bits)) & MASK


def lane(accumulator, word):
    return rotated((accumulator + word * P2) & MASK, 31) * P1 & MASK


def digest(data):
    at, size = 0, len(data)
    word = lambda count: int.from_bytes(data[at : at + count], "little")
    if size >= 32:
        lanes = [(P1 + P2) & MASK, P2, 0, -P1 & MASK]
        while at + 32 <= size:
            for i in range(4):
                lanes[i] = lane(lanes[i], word(8))
                at += 8
        value = sum(rotated(one, bits) for one, bits in zip(lanes, (1, 7, 12, 18))) & MASK
        for one in lanes:
            value = ((value ^ lane(0, one)) * P1 + P4) & MASK
    else:
        value = P5
    value = (value + size) & MASK
    while at + 8 <= size:
        value = (rotated(value ^ lane(0, word(8)), 27) * P1 + P4) & MASK
        at += 8
    if at + 4 <= size:
        value = (rotated(value ^ word(4) * P1 & MASK, 23) * P2 + P3) & MASK
        at += 4
    while at < size:
        value = rotated(value ^ data[at] * P5 & MASK, 11) * P1 & MASK
        at += 1
    value = (value ^ value >> 33) * P2 & MASK
    value = (value ^ value >> 29) * P3 & MASK
    return value ^ value >> 32
