package bench

// twister is the Mersenne Twister MT19937, seeded and drawn from as Python's
// random.Random does.
type twister struct {
	state [624]uint32
	next  int
}

// newTwister seeds by the array of one word, as Python does for a small integer.
func newTwister(seed uint32) *twister {
	r := &twister{next: 624}
	r.state[0] = 19650218
	for i := uint32(1); i < 624; i++ {
		r.state[i] = 1812433253*(r.state[i-1]^r.state[i-1]>>30) + i
	}
	i := 1
	for range 624 {
		r.state[i] = (r.state[i] ^ (r.state[i-1]^r.state[i-1]>>30)*1664525) + seed
		i = r.after(i)
	}
	for range 623 {
		r.state[i] = (r.state[i] ^ (r.state[i-1]^r.state[i-1]>>30)*1566083941) - uint32(i)
		i = r.after(i)
	}
	r.state[0] = 1 << 31
	return r
}

// after is the next place while seeding; at the end it wraps to 1 and carries
// the last word to the front.
func (r *twister) after(i int) int {
	if i+1 < 624 {
		return i + 1
	}
	r.state[0] = r.state[623]
	return 1
}

func (r *twister) twist() {
	for i := range r.state {
		y := r.state[i]&(1<<31) | r.state[(i+1)%624]&(1<<31-1)
		x := r.state[(i+397)%624] ^ y>>1
		if y&1 != 0 {
			x ^= 0x9908b0df
		}
		r.state[i] = x
	}
	r.next = 0
}

// word draws 32 bits.
func (r *twister) word() uint32 {
	if r.next == 624 {
		r.twist()
	}
	y := r.state[r.next]
	r.next++
	y ^= y >> 11
	y ^= y << 7 & 0x9d2c5680
	y ^= y << 15 & 0xefc60000
	return y ^ y>>18
}

// below draws a whole number from 0 up to n, n excluded: as many bits as n has,
// again until they are below n.
func (r *twister) below(n int) int {
	bits := 0
	for m := n; m > 0; m >>= 1 {
		bits++
	}
	for {
		if x := int(r.word() >> (32 - bits)); x < n {
			return x
		}
	}
}

// between draws a whole number from a to b, both included.
func (r *twister) between(a, b int) int { return a + r.below(b-a+1) }

// sample draws k different numbers from a up to b, b excluded.
func (r *twister) sample(a, b, k int) []int {
	n := b - a
	list := make([]int, k)
	if n <= 21 { // Python's bound for k up to 5: draw from a shrinking pool
		pool := make([]int, n)
		for i := range pool {
			pool[i] = a + i
		}
		for i := range list {
			j := r.below(n - i)
			list[i], pool[j] = pool[j], pool[n-i-1]
		}
		return list
	}
	drawn := make(map[int]bool, k)
	for i := range list {
		j := r.below(n)
		for drawn[j] {
			j = r.below(n)
		}
		drawn[j], list[i] = true, a+j
	}
	return list
}
